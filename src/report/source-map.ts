/** From the code that runs back to the source that was written. Nothing here throws: what cannot be read is not mapped. */
import { Buffer } from 'node:buffer'
import { existsSync } from 'node:fs'
import { findSourceMap, SourceMap, type SourceMapPayload } from 'node:module'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Site } from './report.ts'
import { runnerCode } from './runner-code.ts'
import { fileText, keepText, lineOf } from './source-text.ts'

interface LoadedMap {
  map: SourceMap
  /** What its sources are relative to. */
  folder: string
  sources: Map<string, string | null>
}

/** Each takes some ten times its text in memory. */
const mapsKept = 100
const maps = new Map<string, LoadedMap | null>()

/**
 * The place in the source for one in the code that runs. `originalColumn` is asked first: it undoes what leakwatch
 * itself put into that line. Lines and columns count from 1.
 */
export function mapSite(
  file: string,
  line: number,
  column: number,
  originalColumn: (file: string, line: number, column: number) => number,
): Site {
  const site = { file, line, column }
  try {
    // A runner's map knows of what leakwatch put in.
    if (runnerCode(file) === null) site.column = originalColumn(file, line, column)
    return isAbsolute(file) ? (mapped(site) ?? site) : site
  } catch {
    return site
  }
}

/** A line of a source, from its map where that carries it, else from the disk; `null` where it cannot be read. */
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
  // The nearest entry before may be on an earlier line: then this line was written by a compiler.
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
    loaded = nodesOwnMap(file) ?? readMap(file)
  } catch {
    // a map that cannot be read is no map
  }
  maps.set(file, loaded)
  return loaded
}

/** Where source maps are enabled, Node has those of code that was compiled in memory (`tsx`) and is in no file. */
function nodesOwnMap(file: string): LoadedMap | null {
  const map = findSourceMap(file)
  return map === undefined ? null : { map, folder: dirname(file), sources: new Map() }
}

function readMap(file: string): LoadedMap | null {
  const url = mapUrl(runnerCode(file) ?? fileText(file) ?? '')
  if (url?.startsWith('data:')) return parseMap(decodeData(url), dirname(file))
  const path = url === null ? `${file}.map` : pathOf(url, dirname(file))
  const text = path === null ? null : fileText(path)
  return path === null || text === null ? null : parseMap(text, dirname(path))
}

/** The last `sourceMappingURL` of a file: code may quote others. */
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
  // Some servers put a line before the JSON, so that it is no script.
  const payload = JSON.parse(text.replace(/^\)\]\}'[^\n]*\n/, '')) as SourceMapPayload
  return { map: new SourceMap(payload), folder, sources: new Map() }
}

/** The absolute path of a source; `null` for one that is in no file. Keeps its text where the map carries it. */
function sourcePath(loaded: LoadedMap, source: string): string | null {
  const known = loaded.sources.get(source)
  if (known !== undefined) return known
  const { sourceRoot, sources, sourcesContent } = loaded.map.payload
  const path = resolveSource(source, sourceRoot ?? '', loaded.folder)
  const text = sourcesContent?.[sources?.indexOf(source) ?? -1]
  if (path !== null && typeof text === 'string') keepText(path, text)
  loaded.sources.set(source, path)
  return path
}

const webpackPrefix = /^webpack(?:-internal)?:\/\/[^/]*\//

function resolveSource(source: string, sourceRoot: string, folder: string): string | null {
  const isWhole = isAbsolute(source) || /^[a-z][\w+.-]+:\/\//i.test(source)
  const rooted = isWhole || sourceRoot === '' ? source : `${sourceRoot.replace(/\/$/, '')}/${source}`
  if (!webpackPrefix.test(rooted)) return pathOf(rooted, folder)
  const path = rooted.replace(webpackPrefix, '').replace(/\?.*$/s, '')
  return isAbsolute(path) ? path : fromProject(path, folder)
}

/** webpack's sources are relative to the project, which is some folder above the map's. */
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
