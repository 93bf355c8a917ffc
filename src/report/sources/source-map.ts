/** Leads from the code that runs to the source that was written. Nothing here throws: without a readable map, places stay. */
import { Buffer } from 'node:buffer'
import { existsSync } from 'node:fs'
import NodeModule, { findSourceMap, SourceMap, type SourceMapPayload } from 'node:module'
import { dirname, isAbsolute, join, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compiledTexts, inlineMap } from '../../core/stacks/frames.ts'
import type { Site } from '../schema/report.ts'
import { runnerCode } from './runner-code.ts'
import { fileText, keepText, lineOf } from './source-text.ts'

/** What `require` has loaded. */
const Module = NodeModule as {
  _cache?: Record<
    string,
    { exports: { retrieveSourceMap?(file: string): { map: string | SourceMapPayload } | null } }
  >
}

interface LoadedMap {
  map: SourceMap
  /** The folder to which its sources are relative. */
  folder: string
  sources: Map<string, string | null>
  /** What was compiled in this process, from files that are here. */
  isMadeHere: boolean
}

/** A map takes some ten times the memory of its text. */
const mapsKept = 100
const maps = new Map<string, LoadedMap | null>()

/**
 * The place in the source for a place in the code that runs. `originalColumn` comes first: it undoes what leakwatch itself has
 * inserted into that line. Lines and columns count from 1.
 */
export function mapSite(
  file: string,
  line: number,
  column: number,
  originalColumn: (file: string, line: number, column: number) => number,
): Site {
  const site = { file, line, column }
  try {
    // The map of what was compiled in memory includes what leakwatch has inserted.
    if (runnerCode(file) === null && !compiledTexts.get(file)?.includes(inlineMap))
      site.column = originalColumn(file, line, column)
    return isAbsolute(file) ? (mapped(site) ?? site) : site
  } catch {
    return site
  }
}

/** A line of a source, from its map if that has it, else from the disk. `null`: it cannot be read. */
export function sourceLine(file: string, line: number): string | null {
  try {
    return lineOf(file, line)
  } catch {
    return null
  }
}

function mapped({ file, line, column }: Site): Site | null {
  const loaded = mapOf(file)
  if (loaded === null) return null
  const entry = loaded.map.findEntry(line - 1, column - 1)
  // An entry on an earlier line means that a compiler wrote this line.
  if (!('originalSource' in entry) || !entry.originalSource || entry.generatedLine !== line - 1) return null
  const source = sourcePath(loaded, entry.originalSource)
  if (source === null) return null
  return { file: source, line: entry.originalLine + 1, column: entry.originalColumn + 1 }
}

function mapOf(file: string): LoadedMap | null {
  const known = maps.get(file)
  if (known !== undefined) return known
  if (maps.size === mapsKept) maps.clear()
  let loaded: LoadedMap | null = null
  try {
    loaded = nodesOwnMap(file) ?? readMap(file) ?? supportsMap(file)
    if (loaded !== null) loaded.isMadeHere = compiledTexts.has(file) && !fileText(file)?.includes(inlineMap)
  } catch {
    // a map that cannot be read counts as none
  }
  maps.set(file, loaded)
  return loaded
}

/** If source maps are enabled, Node has those of code that was compiled in memory (`tsx`). */
function nodesOwnMap(file: string): LoadedMap | null {
  const map = findSourceMap(file)
  return map === undefined ? null : { map, folder: dirname(file), sources: new Map(), isMadeHere: false }
}

function readMap(file: string): LoadedMap | null {
  const url = mapUrl(runnerCode(file) ?? compiledTexts.get(file) ?? fileText(file) ?? '')
  if (url?.startsWith('data:')) return parseMap(decodeData(url), dirname(file))
  const path = url === null ? `${file}.map` : pathOf(url, dirname(file))
  if (path === null) return null
  // Turbopack writes a URL (`%5Ba%5D.js.map` for `[a].js.map`), other compilers the name as it is.
  return mapIn(path) ?? (path.includes('%') ? mapIn(decodeURIComponent(path)) : null)
}

const support = /[\\/]source-map-support[\\/]source-map-support\.js$/

/** A compiler may give its map of a text to `source-map-support` alone (`@swc/register`). */
function supportsMap(file: string): LoadedMap | null {
  if (!compiledTexts.has(file)) return null
  for (const [path, module] of Object.entries(Module._cache ?? {})) {
    if (!support.test(path)) continue
    const { retrieveSourceMap } = module.exports
    const found = retrieveSourceMap?.(file)
    if (found)
      return parseMap(typeof found.map === 'string' ? found.map : JSON.stringify(found.map), dirname(file))
  }
  return null
}

function mapIn(path: string): LoadedMap | null {
  const text = fileText(path)
  return text === null ? null : parseMap(text, dirname(path))
}

/** The last `sourceMappingURL` of a file: code may quote others before it. */
function mapUrl(text: string): string | null {
  const at = text.lastIndexOf('sourceMappingURL=')
  if (at < 2 || !/[#@][ \t]*$/.test(text.slice(Math.max(0, at - 8), at))) return null
  return /^[^\s'"*]+/.exec(text.slice(at + 'sourceMappingURL='.length))?.[0] ?? null
}

function decodeData(url: string): string {
  const comma = url.indexOf(',')
  const body = url.slice(comma + 1)
  return url.slice(0, comma).endsWith(';base64')
    ? Buffer.from(body, 'base64').toString()
    : decodeURIComponent(body)
}

function parseMap(text: string, folder: string): LoadedMap {
  // Some servers put a line before the JSON, so that it cannot run as a script.
  const payload = JSON.parse(text.replace(/^\)\]\}'[^\n]*\n/, '')) as SourceMapPayload
  return { map: new SourceMap(payload), folder, sources: new Map(), isMadeHere: false }
}

/**
 * The absolute path of a source; `null`: it is in no file. Few packages ship the sources that their maps name; those of the program
 * are in its repository, if not here. Keeps the text of the source if the map has it.
 */
function sourcePath(loaded: LoadedMap, source: string): string | null {
  const known = loaded.sources.get(source)
  if (known !== undefined) return known
  const { sourceRoot, sources, sourcesContent } = loaded.map.payload
  const resolved = resolveSource(source, sourceRoot ?? '', loaded.folder)
  const text = sourcesContent?.[sources?.indexOf(source) ?? -1]
  const isMissing = (loaded.isMadeHere || resolved?.includes(inPackage)) && !existsSync(resolved ?? '')
  const path = isMissing ? null : resolved
  if (path !== null && typeof text === 'string') keepText(path, text)
  loaded.sources.set(source, path)
  return path
}

const inPackage = `${sep}node_modules${sep}`
const webpackPrefix = /^webpack(?:-internal)?:\/\/[^/]*\//

function resolveSource(source: string, sourceRoot: string, folder: string): string | null {
  const isWhole = isAbsolute(source) || /^[a-z][\w+.-]+:\/\//i.test(source)
  const rooted = isWhole || sourceRoot === '' ? source : `${sourceRoot.replace(/\/$/, '')}/${source}`
  if (!webpackPrefix.test(rooted)) return pathOf(rooted, folder)
  const path = rooted.replace(webpackPrefix, '').replace(/\?.*$/s, '')
  return isAbsolute(path) ? path : fromProject(path, folder)
}

/** webpack's sources are relative to the project's folder, which is somewhere above the map. */
function fromProject(path: string, folder: string): string {
  for (let base = folder; ; base = dirname(base)) {
    const candidate = join(base, path)
    if (existsSync(candidate)) return candidate
    if (dirname(base) === base) return join(folder, path)
  }
}

function pathOf(url: string, folder: string): string | null {
  if (url.startsWith('file://')) return fileURLToPath(url)
  if (/^[a-z][\w+.-]+:\/\//i.test(url)) return null
  return resolve(folder, url)
}
