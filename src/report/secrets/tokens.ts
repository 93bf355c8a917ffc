/** What tokens look like: their issuers give them a beginning, so that scanners like this one find them. */

/** What follows the beginning of a token; `length`: of the shortest that is known, or less. */
const some = (characters: string, length: number): string => `[${characters}]{${length},}`
const word = (length: number): string => some('\\w', length)
const dashed = (length: number): string => some('\\w-', length)
const hex = (length: number): string => some('0-9a-f', length)

/** By issuer. Each begins where a word does. */
const issued: Readonly<Record<string, readonly string[]>> = {
  'Amazon Web Services': [`(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{12,}`],
  Airtable: [`pat[0-9A-Za-z]{14}\\.${hex(32)}`],
  Anthropic: [`sk-ant-${dashed(8)}`],
  Atlassian: [`AT[A-Z]{1,3}3x${some('\\w=-', 20)}`],
  Databricks: [`dapi${hex(32)}`],
  DigitalOcean: [`do[oprt]_v1_${hex(32)}`],
  Discord: [`[MNO][\\w-]{23,25}\\.[\\w-]{6}\\.[\\w-]{27,}`],
  Docker: [`dckr_(?:pat|oat)_${dashed(16)}`],
  Doppler: [`dp\\.(?:pt|st|ct|sa|scim|audit)\\.${some('\\w.-', 16)}`],
  Figma: [`fig[dour]_${dashed(16)}`],
  'Fly.io': [`fo1_${dashed(16)}`, `fm[12][ar]?_${some('\\w+/=-', 20)}`],
  GitHub: [`gh[pousr]_${word(8)}`, `github_pat_${word(8)}`],
  GitLab: [
    `gl(?:pat|oas|dt|rt|rtr|cbt|ptt|ft|imt|agent|soat|ffct|wt)-${dashed(8)}`,
    `_gitlab_session=${word(8)}`,
    `GR1348941${dashed(16)}`,
  ],
  Google: [`AIza${dashed(20)}`, `ya29\\.${dashed(16)}`, `GOCSPX-${dashed(16)}`, `1//0${dashed(30)}`],
  Grafana: [`gl(?:sa|c)_${some('\\w=', 16)}`],
  HashiCorp: [
    `hv[sbr]\\.${dashed(16)}`,
    's\\.(?=\\w*\\d)(?=\\w*[A-Z])[0-9A-Za-z]{24}\\b',
    `[0-9A-Za-z]{14}\\.atlasv1\\.${dashed(40)}`,
  ],
  Heroku: [`HRKU-${dashed(16)}`],
  'Hugging Face': ['(?:hf|api_org)_[0-9A-Za-z]{16,}'],
  'JSON Web Token': [`eyJ[\\w-]{5,}\\.[\\w-]+(?:\\.[\\w-]*)*`],
  Linear: [`lin_(?:api|oauth)_${word(16)}`],
  Mailchimp: ['[0-9a-f]{32}-us\\d{1,2}\\b'],
  Mailgun: ['key-[0-9a-f]{32}', '[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}\\b'],
  Netlify: [`nf[pcou]_${word(16)}`],
  'New Relic': [`NR(?:AK|JS|II|RA|AA)-${dashed(16)}`, 'eu01xx[0-9a-f]{32,}NRAL'],
  Notion: [`ntn_${word(16)}`, `secret_[0-9A-Za-z]{32,}`],
  npm: ['npm_[0-9A-Za-z]{16,}'],
  NuGet: ['oy2[a-z0-9]{43}'],
  OpenAI: [
    `sk-(?:proj|svcacct|admin|None)-${dashed(8)}`,
    `sess-${word(16)}`,
    // `sk-learn-something` is a package.
    `sk-(?=[\\w-]*\\d)(?=[\\w-]*[A-Z])${dashed(20)}`,
    `sk-(?=[\\w-]*\\d)${word(16)}`,
  ],
  PlanetScale: [`pscale_(?:tkn|pw|oauth)_${dashed(16)}`],
  Postman: [`PMAK-${some('0-9a-f-', 16)}`],
  Pulumi: [`pul-${hex(32)}`],
  PyPI: [`pypi-${dashed(16)}`],
  Replicate: [`r8_${word(16)}`],
  RubyGems: [`rubygems_${hex(32)}`],
  SendGrid: [`SG\\.[\\w-]{16,}\\.[\\w-]{16,}`],
  Sentry: [`sntry[su]_${some('\\w+/=-', 16)}`],
  Shopify: [`shp(?:at|ca|pa|ss|ua)_${hex(16)}`],
  Slack: [`xox[a-z](?:\\.xox[a-z])?-${dashed(8)}`, `xapp-${dashed(8)}`],
  Square: [`sq0[a-z]{3}-${dashed(16)}`, `EAAA[\\w-]{40,}`],
  Stripe: [`[srp]k_(?:live|test)_${word(8)}`, `whsec_${some('\\w+/=', 16)}`],
  Supabase: [`sb(?:p|_secret|_publishable)_${dashed(16)}`],
  Telegram: ['\\d{8,10}:AA[\\w-]{30,}'],
  Terraform: [`at-${word(40)}`],
  Twilio: ['(?:SK|AC)[0-9a-f]{32}'],
  age: ['AGE-SECRET-KEY-1[0-9A-Z]{40,}'],
}

/** `\b` does not do where a token follows `_` or a letter of what it is called. */
export const issuedTokens: RegExp = new RegExp(
  `(?<![0-9A-Za-z])(?:${Object.values(issued).flat().join('|')})={0,2}`,
  'g',
)

/** Addresses whose path is the secret. What stays says whose they are. */
export const secretAddresses: RegExp =
  /(hooks\.slack\.com\/(?:services|workflows|triggers)\/|discord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/|api\.telegram\.org\/(?:file\/)?bot|webhook\.office\.com\/|hooks\.zapier\.com\/hooks\/catch\/|maker\.ifttt\.com\/(?:trigger|use)\/|events\.pagerduty\.com\/(?:integration|x-ere)\/|chat\.googleapis\.com\/v1\/spaces\/)[^\s'"`<>]+/gi

const blob = /(?<![\w+/=.-])[\w+/-]{32,}(?:={1,2}|(?![\w+/=-]|\.\w))/g

/** What is as random as a key: long, of both cases, with digits among letters, and without a word in it. */
export function withoutRandomTexts(text: string, cut: string): string {
  return text.replace(blob, (found) => (isRandom(found) ? cut : found))
}

function isRandom(text: string): boolean {
  const digits = text.match(/\d/g)?.length ?? 0
  // A time has more digits.
  if (digits < 3 || digits > text.length / 2 || !/[a-z]/.test(text) || !/[A-Z]/.test(text)) return false
  // A path or a name is made of words, a key has one by chance.
  const inWords = (text.match(/[A-Z]?[a-z]{4,}/g) ?? []).join('').length
  return inWords < text.length / 3
}
