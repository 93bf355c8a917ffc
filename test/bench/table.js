/** The figures as a table. */
import { readFileSync, writeFileSync } from 'node:fs'

export function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)]
}

/** Of what was measured on some Nodes: a row for each workload and Node. */
export function markdown(all, { isHeaded = true } = {}) {
  const names = [...new Set(all.flatMap(({ results }) => [...results.keys()]))]
  const rows = all.map(({ version, workload, bare, results }) => [
    workload.name,
    version.split('.')[0],
    bare === null ? '' : `${digits(bare)} ${workload.unit}`,
    ...names.map((name) => cell(workload, results.get(name))),
  ])
  if (!isHeaded)
    return rows.map(([name, node, base, ...cells]) => line(name, node, base, named(names, cells))).join('\n')
  const head = ['workload', 'Node', 'bare', ...names]
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function named(names, cells) {
  return names.map((name, index) => `${name} ${cells[index]}`).join('; ')
}

function line(name, node, base, cells) {
  return `Node ${node}, ${name}: ${base === '' ? '' : `bare ${base}; `}${cells}`
}

/** The median, with the smallest and the largest. */
function cell({ only, differs, unit }, values) {
  if (values === undefined || values.length === 0) return ''
  const show = (value) => (differs && value >= 0 ? '+' : '') + digits(value)
  const range = `${show(Math.min(...values))} to ${show(Math.max(...values))}`
  const what = only ? ` ${unit}` : differs ? ` ${unit.split(/[ ,]/)[0]}` : 'x'
  return `${show(median(values))}${what} (${range})`
}

function digits(value) {
  const size = Math.abs(value)
  return size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : value.toFixed(2)
}

const readme = new URL('../../README.md', import.meta.url)
const marks = ['<!-- bench -->', '<!-- /bench -->']

/** Puts the table between its marks in README.md. */
export function writeReadme(table) {
  const text = readFileSync(readme, 'utf8')
  const [from, to] = marks.map((mark) => text.indexOf(mark))
  if (from < 0 || to < from) throw new Error(`README.md has no ${marks.join(' ... ')}`)
  writeFileSync(readme, `${text.slice(0, from + marks[0].length)}\n${table}\n${text.slice(to)}`)
}
