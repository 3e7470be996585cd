# shellcheck shell=bash
# What the drill does around the blocks of the page: a certificate, reports to lose and to keep, looks at the outcome.
apt-get() { command apt-get -qq "$@"; }
claim() { echo "DRILL $*"; }

around() {
    if declare -F "$1" >/dev/null; then "$1"; fi
}

certificate() {
    export CURL_CA_BUNDLE=/etc/tiendo/tls/fullchain.pem
    echo 127.0.0.1 tiendo.example >>/etc/hosts
}

before_4_systemd_and_nginx() {
    mkdir -p /etc/tiendo/tls
    openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=tiendo.example -addext subjectAltName=DNS:tiendo.example \
        -keyout /etc/tiendo/tls/privkey.pem -out /etc/tiendo/tls/fullchain.pem
    certificate
}

after_5_see_that_it_stands() {
    claim "the service answers behind TLS, doctor finds no error, db check nothing at all"
    TOKEN=$(TIENDO_DATABASE_URL=$SERVICE /opt/tiendo/.venv/bin/tiendo token create --role reporter --unit 38 --name drill)
    report in_progress
}

report() {
    curl -fsS -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \
        -d "{\"task\": \"hotlines\", \"status\": \"$1\"}" https://tiendo.example/v1/status-updates
}

ask() { curl -sS -o /dev/stdout -w '\n%{http_code}\n' -H "Authorization: Bearer $TOKEN" "https://tiendo.example$1"; }

before_8_back_to_a_moment() {
    report blocked
    CURSOR=$(ask /v1/changes | sed -n 's/.*"next_cursor":"\([^"]*\)".*/\1/p')
    sleep 1
    DRILL_MOMENT=$(su postgres -c "psql -Atc 'select now()'")
    sleep 1
    report completed
    claim "backed up, and restored from the dump"
}

after_8_back_to_a_moment() {
    until curl -fsS https://tiendo.example/readyz; do sleep 1; done
    ask /v1/assignments/hotlines/38 | grep -q '"status":"blocked"'
    ask "/v1/changes?after=$CURSOR" | grep -qx 410
    report completed
    claim "back at the moment; the follower's cursor is 410, and reports are stored again"
    systemd-analyze verify /etc/systemd/system/tiendo.service /etc/systemd/system/tiendo-*backup.service /etc/systemd/system/tiendo-*backup.timer
    systemd-analyze security --no-pager --threshold=40 tiendo.service | tail -n 1
    systemctl reload tiendo
    sleep 3
    curl -fsS https://tiendo.example/readyz
    claim "systemd finds nothing to say about the units; a reload keeps answering"
}

until_there() { until [ -e "/between/$1" ]; do sleep 1; done; }
alone() { su postgres -c "psql -Atc \"$1\""; }

# The page before this section is followed by the one about upgrading: the same release once more, while clients ask.
before_9_when_the_machine_is_lost_a_standby() {
    [ -e /root/upgrading ] || return 0
    while sleep 0.1; do curl -sS -o /dev/null -w '%{http_code}\n' https://tiendo.example/v1/me -H "Authorization: Bearer $TOKEN"; done >/root/asked &
    source /root/upgrading
    sleep 5
    kill %%
    [ "$(sort -u /root/asked)" = 200 ]
    claim "upgraded under $(wc -l </root/asked) questions, each answered"
}

after_9_when_the_machine_is_lost_a_standby() {
    cp -a /etc/tiendo /between/
    touch /between/serving
    until_there standby
}

after_9_when_the_machine_is_lost_a_standby_2() {
    TIENDO_READ_DATABASE_URL="postgresql://tiendo_service:$(cat /etc/tiendo/service)@$SECOND/tiendo?sslmode=require" \
        TIENDO_DATABASE_URL=$SERVICE /opt/tiendo/.venv/bin/tiendo doctor --workers 4 >doctor
    grep -q '^ok  *replica' doctor
    grep -q '^ok  *tls: the connection to the database is encrypted' doctor
    ask /v1/progress | grep -qx 200
    claim "a standby follows, and doctor finds it fit to answer readers"
    report blocked
    CURSOR=$(ask /v1/changes | sed -n 's/.*"next_cursor":"\([^"]*\)".*/\1/p')
    printf 'TOKEN=%s CURSOR=%s\n' "$TOKEN" "$CURSOR" >/between/known
    local written
    written=$(alone "select pg_current_wal_flush_lsn()")
    until alone "select replay_lsn >= '$written' from pg_stat_replication" | grep -qx t; do sleep 0.2; done
    systemctl kill --signal=KILL postgresql@18-main
    touch /between/lost
}

before_second_9_when_the_machine_is_lost_a_standby() {
    until_there serving
    cp -a /between/tiendo /etc/
    certificate
}

after_second_9_when_the_machine_is_lost_a_standby() {
    alone "select pg_is_in_recovery()" | grep -qx t
    touch /between/standby
}

before_second_9_when_the_machine_is_lost_a_standby_2() {
    until_there lost
    source /between/known
    ask /readyz | grep -qx 503
    BEGAN=$(date +%s)
}

after_second_9_when_the_machine_is_lost_a_standby_2() {
    until report completed; do sleep 0.5; done
    claim "the standby took over, and stored a report within $(($(date +%s) - BEGAN)) s, a base backup included"
    ask "/v1/status-updates?unit=38" | grep -q '"status":"blocked"'
    ask "/v1/changes?after=$CURSOR" | grep -qx 410
    ask /v1/progress | grep -qx 200
    claim "the last report before is there; the follower's cursor is 410"
    systemctl start tiendo-backup
    TIENDO_DATABASE_URL=$(sed s/^TIENDO_DATABASE_URL=// /etc/tiendo/tiendo.env | head -n 1) /opt/tiendo/.venv/bin/tiendo verify
}
