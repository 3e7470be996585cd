// A front-end's first steps with the generated types: it reads, reports, and reads again.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Line = components["schemas"]["LineOut"];

const [address = "", token = ""] = process.argv.slice(2);
const tiendo = createClient<paths>({ baseUrl: address, headers: { Authorization: `Bearer ${token}` } });

async function hotlines(): Promise<Line> {
  const { data, error } = await tiendo.GET("/v1/progress", { params: { query: { lang: "vi" } } });
  if (error) throw new Error(error.title);
  const line = data.categories.find((one) => one.code === "hotlines");
  if (!line) throw new Error("no line of hotlines");
  return line;
}

const before = await hotlines();
const reported = await tiendo.POST("/v1/status-updates", {
  params: { header: { "Idempotency-Key": "uses-ts" } },
  body: { task: "hotlines", unit: "38", status: "completed" },
});
if (reported.error) throw new Error(reported.error.detail);
const after = await hotlines();
const refused = await tiendo.GET("/v1/provinces/{code}", { params: { path: { code: "99" } } });
console.log(
  JSON.stringify({
    before: before.provinces_completed,
    after: after.provinces_completed,
    is_current: reported.data.is_current,
    refused: refused.error?.status,
  }),
);
