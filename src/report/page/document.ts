/** The frame of a page, which lets run and be loaded what stands in it, and nothing else. */
import { createHash } from 'node:crypto'
import { html, jsonMarkup, type Markup } from './markup.ts'

export interface PageDocument {
  title: string
  style: string
  body: Markup
  /** `null`: the page needs none. */
  script: { data: unknown; text: string } | null
}

export function pageDocument({ title, style, body, script }: PageDocument): string {
  const scripts = script === null ? '' : ` script-src '${hashOf(script.text)}';`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none';${{ html: scripts }} style-src '${{ html: hashOf(style) }}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${{ html: style }}</style>
</head>
<body>
${body}
${
  script !== null &&
  html`<script type="application/json" id="data">${jsonMarkup(script.data)}</script>
<script>${{ html: script.text }}</script>`
}
</body>
</html>
`.html
}

/** As the browser computes it from what stands between the tags. */
function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
