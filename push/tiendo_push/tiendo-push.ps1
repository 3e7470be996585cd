# Gửi báo cáo trong một tệp tới Tiến Độ bằng Windows PowerShell 5.1.      Sends a file of reports to Tiến Độ.
#
#   powershell -NoProfile -ExecutionPolicy Bypass -File tiendo-push.ps1 bao-cao.xlsx `
#              -Url https://tiendo.example.gov.vn -TokenFile token.txt [-Rejected con-lai.xlsx] [-DryRun]
#              [-Patience 300] [-Lang vi|en]
#
# Mã kết thúc: 0 đã lưu hết hoặc đã có từ trước; 1 một số dòng bị từ chối, các dòng khác đã lưu; 2 dùng sai;
# 3 cả tệp hoặc mã truy cập bị từ chối; 4 không liên lạc được hoặc bận quá lâu, hãy chạy lại; 5 lỗi của chính lệnh.
#
# The parameters have no types and no attributes: what PowerShell refuses itself would end with code 1.
param($File, $Url = $env:TIENDO_URL, $TokenFile = $env:TIENDO_TOKEN_FILE, $Rejected, $Patience = 300, $Lang,
      [switch]$DryRun)

$ErrorActionPreference = 'Stop'
$KINDS = @{
    '.xlsx' = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
    '.csv' = 'text/csv'; '.tsv' = 'text/csv'; '.txt' = 'text/csv'
    '.ndjson' = 'application/x-ndjson'; '.jsonl' = 'application/x-ndjson'
}
$utf8 = New-Object System.Text.UTF8Encoding $false

function Say($vi, $en) { if ($script:Lang -eq 'en') { [Console]::Out.WriteLine($en) } else { [Console]::Out.WriteLine($vi) } }
function Stop-With($code, $vi, $en) { Say $vi $en; exit $code }

function Read-Token {
    $text = $env:TIENDO_TOKEN
    if ($TokenFile) {
        if (-not (Test-Path -LiteralPath $TokenFile -PathType Leaf)) {
            Stop-With 2 "Không đọc được tệp mã $TokenFile" "The token file $TokenFile cannot be read"
        }
        $text = [System.IO.File]::ReadAllText((Resolve-Path -LiteralPath $TokenFile).ProviderPath)
    }
    $token = "$text".Trim([char[]](" `t`r`n`0'" + '"' + [char]0xFEFF))
    if ($token -notmatch '^[\x21-\x7e]+$') {
        Stop-With 2 'Chưa có mã truy cập: -TokenFile, TIENDO_TOKEN_FILE hoặc TIENDO_TOKEN' `
                    'No token: -TokenFile, TIENDO_TOKEN_FILE or TIENDO_TOKEN'
    }
    $token
}

# One request. Status 0: it was not reached, and Text says why.
function Send-Once($method, $path, $headers, $kind, $bytes, $seconds) {
    $request = [System.Net.WebRequest]::Create("$Url$path")
    $request.Method = $method
    $request.AllowAutoRedirect = $false
    $request.ServicePoint.Expect100Continue = $false
    $request.Timeout = 1000 * $seconds + [int]($bytes.Length / 16) # the sending counts: 16 KB/s at least
    $request.ReadWriteTimeout = 1000 * $seconds
    $request.UserAgent = 'tiendo-push.ps1'
    $request.Headers['Authorization'] = "Bearer $token"
    $request.Headers['Accept-Language'] = $Lang
    foreach ($name in $headers.Keys) { $request.Headers[$name] = $headers[$name] }
    if ($request.Proxy) { $request.Proxy.Credentials = [System.Net.CredentialCache]::DefaultCredentials }
    $response = $null
    try {
        if ($method -eq 'POST') {
            $request.ContentType = $kind
            $request.ContentLength = $bytes.Length
            $stream = $request.GetRequestStream()
            $stream.Write($bytes, 0, $bytes.Length)
            $stream.Close()
        }
        $response = $request.GetResponse()
    } catch {
        # A status of 400 or more is an exception, too; the answer is in it, however deep PowerShell has wrapped it.
        $cause = $_.Exception
        while ($cause.InnerException -and $cause -isnot [System.Net.WebException]) { $cause = $cause.InnerException }
        if ($cause -is [System.Net.WebException]) { $response = $cause.Response }
        if (-not $response) { return @{ Status = 0; Text = $cause.Message; Headers = @{} } }
    }
    try {
        $content = New-Object System.IO.MemoryStream
        $response.GetResponseStream().CopyTo($content)
        return @{ Status = [int]$response.StatusCode; Headers = $response.Headers; Bytes = $content.ToArray()
                  Text = $utf8.GetString($content.ToArray()) }
    } catch {
        return @{ Status = 0; Text = $_.Exception.Message; Headers = @{} }
    } finally {
        $response.Close()
    }
}

# The good answer, or the problem of a refusal. Tried again as long as the patience lasts.
function Send-Until($method, $path, $headers = @{}, $kind = $null, $bytes = [byte[]]@()) {
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    for ($tries = 1; ; $tries++) {
        $left = $Patience - $clock.Elapsed.TotalSeconds
        $answer = Send-Once $method $path $headers $kind $bytes ([int][Math]::Max(10, [Math]::Min(120, $left)))
        $status, $after = $answer.Status, $answer.Headers['Retry-After']
        if ($status -ge 300 -and $status -lt 400) {
            $to = "$($answer.Headers['Location'])" -replace '/v1/.*$', ''
            Stop-With 2 "Dịch vụ nằm ở địa chỉ khác; hãy dùng: $to" "The service is at another address; use: $to"
        }
        $again = $status -eq 0 -or $status -ge 500 -or $status -in 408, 425, 429 -or ($status -eq 409 -and $after)
        if (-not $again) { return $answer }
        $wait = [Math]::Min(30, [Math]::Pow(2, $tries) / 2)
        if ($after -match '^\d{1,9}$') { $wait = [double]$after }
        if ($clock.Elapsed.TotalSeconds + $wait -gt $Patience) {
            Stop-With 4 "Không liên lạc được, hoặc dịch vụ bận ($status $(if ($status -eq 0) { $answer.Text })). Hãy chạy lại: không có gì bị lưu hai lần." `
                        "Not reached, or busy ($status $(if ($status -eq 0) { $answer.Text })). Run it again: nothing is stored twice."
        }
        Say "Chưa được; thử lại sau $wait giây" "Not yet; trying again in $wait s"
        Start-Sleep -Milliseconds ([int](1000 * $wait))
    }
}

# The JSON of an answer that has to be good; anything else ends the script. A conflict is for the caller to see.
function Read-Good($answer, [switch]$orConflict) {
    $said = $null
    try { $said = ConvertFrom-Json $answer.Text } catch { $said = $null }
    if ($said -isnot [System.Management.Automation.PSCustomObject]) {
        if ($answer.Status -in 404, 405) {
            Stop-With 2 "Không thấy Tiến Độ ở địa chỉ này ($($answer.Status))" "There is no Tiến Độ at this address ($($answer.Status))"
        }
        Stop-With 4 "Câu trả lời ($($answer.Status)) không phải của Tiến Độ: có thể của proxy" `
                    "The answer ($($answer.Status)) is not one of Tiến Độ: a proxy's, perhaps"
    }
    if ($answer.Status -lt 300) { return $said }
    if ($orConflict -and $answer.Status -eq 409) { return $null }
    Say "Bị từ chối: $($said.detail)" "Refused: $($said.detail)"
    foreach ($complaint in $said.errors) { Say "  $($complaint.pointer): $($complaint.detail)" "  $($complaint.pointer): $($complaint.detail)" }
    exit 3
}

function New-Key { 'push-' + [Guid]::NewGuid().ToString('N') }

# The same content has the same key, so a run that was cut off is taken up by the next one; as tiendo-push.pyz makes it.
function Get-Key($kind, $bytes) {
    $sha = [System.Security.Cryptography.SHA256]::Create()
    $head = [byte[]]($utf8.GetBytes($kind) + [byte]0)
    $null = $sha.TransformBlock($head, 0, $head.Length, $head, 0)
    $null = $sha.TransformFinalBlock($bytes, 0, $bytes.Length)
    'push-' + [BitConverter]::ToString($sha.Hash).Replace('-', '').ToLowerInvariant()
}

function Get-Preview($key) {
    $answer = Send-Until 'POST' '/v1/imports' @{ 'Idempotency-Key' = $key } $kind $bytes
    @{ Import = (Read-Good $answer); Replayed = [bool]$answer.Headers['Idempotency-Replayed'] }
}

function Get-Stored($id) {
    $answer = Send-Until 'POST' "/v1/imports/$id/commit" @{ 'Idempotency-Key' = "commit-$id" }
    Read-Good $answer -orConflict
}

try {
    if (-not $Lang) { $Lang = (Get-UICulture).TwoLetterISOLanguageName }
    if ($Lang -ne 'en') { $Lang = 'vi' }
    try { [Console]::OutputEncoding = $utf8 } catch { $null = $_ } # no console, as in a scheduled task
    [System.Net.ServicePointManager]::SecurityProtocol = `
        [System.Net.ServicePointManager]::SecurityProtocol -bor [System.Net.SecurityProtocolType]::Tls12

    # What can be seen to be wrong before anything is sent.
    if ($args.Count) { Stop-With 2 "Không có tham số $($args[0])" "There is no parameter $($args[0])" }
    if (-not $File -or -not (Test-Path -LiteralPath $File -PathType Leaf)) { Stop-With 2 "Không thấy tệp $File" "There is no file $File" }
    $kind = $KINDS[[System.IO.Path]::GetExtension($File).ToLowerInvariant()]
    if (-not $kind) { Stop-With 2 "$File không thuộc loại nhận được; hãy lưu lại dạng .xlsx" "$File is of a kind that is not taken; save it as .xlsx" }
    $Url = "$Url".Trim().TrimEnd('/')
    if ($Url -notmatch '^https?://[^/?#@\s]+(/[^?#\s]*)?$') { Stop-With 2 "Địa chỉ phải có dạng https://…: $Url" "The address looks like https://…: $Url" }
    if ("$Url/" -match '/v1/') { Stop-With 2 'Địa chỉ không có /v1' 'The address has no /v1' }
    if ("$Patience" -notmatch '^\d{1,6}$') { Stop-With 2 '-Patience phải là số giây' '-Patience is a number of seconds' }
    $Patience = [int]"$Patience"
    $token = Read-Token
    if ($Rejected) {
        $Rejected = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Rejected)
        if ($Rejected -notmatch '\.xlsx$' -or $Rejected -eq (Resolve-Path -LiteralPath $File).ProviderPath) {
            Stop-With 2 '-Rejected là một tệp .xlsx khác tệp gửi đi' '-Rejected is an .xlsx file other than the one that is sent'
        }
        try {
            $there = Test-Path -LiteralPath $Rejected
            [System.IO.File]::Open($Rejected, 'Append').Close()
            if (-not $there) { Remove-Item -LiteralPath $Rejected }
        } catch { Stop-With 2 "Không ghi được vào $Rejected" "$Rejected cannot be written" }
    }
    try { $bytes = [System.IO.File]::ReadAllBytes((Resolve-Path -LiteralPath $File).ProviderPath) }
    catch { Stop-With 2 "Không đọc được $File (có đang mở trong Excel không?)" "$File cannot be read (is it open in Excel?)" }

    $key = if ($DryRun) { New-Key } else { Get-Key $kind $bytes }
    $preview = Get-Preview $key
    $done = $preview.Import
    if (-not $DryRun) {
        if ($preview.Replayed) {
            # Stored by an earlier run, or with refusals that may come out better by now: judged anew.
            $now = ConvertFrom-Json (Send-Until 'GET' "/v1/imports/$($done.id)").Text
            if ($now.state -ne 'previewed' -or $done.counts.rejected) { $done = (Get-Preview (New-Key)).Import }
        }
        $stored = Get-Stored $done.id
        if (-not $stored) { $stored = Get-Stored (Get-Preview (New-Key)).Import.id }
        if (-not $stored) { Stop-With 3 'Dữ liệu vừa thay đổi hai lần; hãy chạy lại' 'The data has just changed twice; run it again' }
        $done = $stored
    }

    foreach ($error_ in $done.errors) {
        $where = "$(if ($error_.sheet) { "$($error_.sheet)!" })$($error_.line)"
        Say "  Dòng ${where}, $($error_.column): $($error_.detail)" "  Line ${where}, $($error_.column): $($error_.detail)"
    }
    foreach ($warning in $done.warnings) {
        $words = if ($warning.detail) { $warning.detail } else { $warning }
        Say "Lưu ý: $words" "Note: $words"
    }
    $c = $done.counts
    $n = $c.current + $c.superseded
    Say "$($c.received) dòng: $(if ($DryRun) { 'sẽ' } else { 'đã' }) lưu $n, $($c.unchanged) không đổi, $($c.rejected) bị từ chối." `
        "$($c.received) rows: $n $(if ($DryRun) { 'would be ' })stored, $($c.unchanged) unchanged, $($c.rejected) refused."
    if ($Rejected -and $c.rejected) {
        $answer = Send-Until 'GET' "/v1/imports/$($done.id)/rejected.xlsx"
        if ($answer.Status -eq 200) { [System.IO.File]::WriteAllBytes($Rejected, $answer.Bytes) }
        else { Say "Không lấy được các dòng bị từ chối ($($answer.Status))" "The refused rows could not be fetched ($($answer.Status))" }
    } elseif ($Rejected -and (Test-Path -LiteralPath $Rejected)) {
        Remove-Item -LiteralPath $Rejected
    }
    if ($c.rejected) { exit 1 }
    exit 0
} catch {
    Say "Lỗi của chính lệnh: $($_.Exception.Message) (dòng $($_.InvocationInfo.ScriptLineNumber))" `
        "The command itself failed: $($_.Exception.Message) (line $($_.InvocationInfo.ScriptLineNumber))"
    exit 5
}
