/** The figures as tables. */
import { readFileSync, writeFileSync } from 'node:fs'

export function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)]
}

/** One workload on one Node, as a line. */
export function summary({ version, workload, bare, results }) {
  const cells = [...results].map(([name, values]) => `${name} ${cell(workload, values)}`)
  const base = bare === null ? [] : [`bare ${digits(bare)} ${workload.unit}`]
  return `Node ${version}, ${workload.name}: ${[...base, ...cells].join('; ')}`
}

/** leakwatch on every Node, a row a workload; then all variants on the first, which alone has them. */
export function markdown(all) {
  const leakwatch = leakwatchTable(all)
  const first = all[0]?.version
  const compared = all.filter(({ version, bare }) => version === first && bare !== null)
  const variants = [...new Set(compared.flatMap(({ results }) => [...results.keys()]))]
  if (variants.length < 2) return leakwatch
  const beside = table(
    [`on Node ${major(first)}`, 'bare', ...variants],
    compared.map((each) => [
      each.workload.name,
      `${digits(each.bare)} ${each.workload.unit}`,
      ...variants.map((name) => cellOf(each, name)),
    ]),
  )
  return `${leakwatch}\n\n${beside}`
}

function leakwatchTable(all) {
  const names = [...new Set(all.map(({ workload }) => workload.name))]
  const versions = [...new Set(all.map(({ version }) => version))]
  const nodes = versions.toSorted((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
  const on = (name, version) => all.find((each) => each.workload.name === name && each.version === version)
  return table(
    ['with leakwatch', ...nodes.map((version) => `Node ${major(version)}`)],
    names.map((name) => [name, ...nodes.map((version) => cellOf(on(name, version), 'leakwatch'))]),
  )
}

function major(version) {
  return version.split('.')[0]
}

function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function cellOf(measured, name) {
  return measured === undefined ? '' : cell(measured.workload, measured.results.get(name))
}

/** The median, with the smallest and the largest. */
function cell({ only, differs, unit }, values) {
  if (values === undefined || values.length === 0) return ''
  const show = (value) => (differs && value >= 0 ? '+' : '') + digits(value)
  const [measure] = unit.split(/[ ,]/)
  const what = only || differs ? ` ${measure}` : 'x'
  return `${show(median(values))}${what} (${show(Math.min(...values))} to ${show(Math.max(...values))})`
}

function digits(value) {
  const size = Math.abs(value)
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2)
}

/** The rows that the README of the package shows. */
const chosen = [
  'HTTP, keep-alive',
  'HTTP, an engine a request',
  'an engine started and stopped',
  'node -e 0',
  '500 modules, CommonJS',
]

/** Puts the tables between their marks: all in this folder's README.md, the chosen rows in the package's. */
export function writeTables(all) {
  write(new URL('README.md', import.meta.url), 'bench', markdown(all))
  const some = all.filter(({ workload }) => chosen.includes(workload.name))
  write(new URL('../../README.md', import.meta.url), 'cost', leakwatchTable(some))
}

function write(file, mark, tables) {
  const text = readFileSync(file, 'utf8')
  const [opening, closing] = [`<!-- ${mark} -->`, `<!-- /${mark} -->`]
  const [from, to] = [text.indexOf(opening), text.indexOf(closing)]
  if (from < 0 || to < from) throw new Error(`${file.pathname} has no ${opening} ... ${closing}`)
  writeFileSync(file, `${text.slice(0, from + opening.length)}\n\n${tables}\n\n${text.slice(to)}`)
}
