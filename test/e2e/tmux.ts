/** A real terminal, of the size that a test wants: tmux draws it, types into it, and tells what stands on it. */
import { execFileSync } from 'node:child_process'

export function hasTmux(): boolean {
  try {
    execFileSync('tmux', ['-V'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Less than a test has. */
export const patienceMs = 40_000
/** To look starts a process. */
const pauseMs = 50

export class Tmux {
  readonly #server: string
  readonly #columns: number
  readonly #rows: number

  /** A shell waits in it. `name`: nobody else's. */
  constructor(name: string, columns: number, rows: number, env: Readonly<Record<string, string>>) {
    this.#server = name
    this.#columns = columns
    this.#rows = rows
    const shell = 'exec env PS1="$ " sh -i'
    const size = ['-x', String(columns), '-y', String(rows)]
    execFileSync('tmux', ['-L', name, '-f', '/dev/null', 'new-session', '-d', '-s', 'main', ...size, shell], {
      env: { ...env, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8' },
    })
  }

  /** Types a line. */
  line(text: string): void {
    this.#tmux('send-keys', '-t', 'main', '-l', text)
    this.key('Enter')
  }

  key(name: string): void {
    this.#tmux('send-keys', '-t', 'main', name)
  }

  resize(columns: number, rows: number): void {
    this.#tmux('resize-window', '-t', 'main', '-x', String(columns), '-y', String(rows))
  }

  /** As many as it has. */
  lines(): string[] {
    return this.#tmux('capture-pane', '-p', '-t', 'main').replace(/\n$/, '').split('\n')
  }

  /** Until it is so; then what stands there. */
  async shows(isSo: (text: string) => boolean): Promise<string> {
    const from = Date.now()
    for (;;) {
      const text = this.lines().join('\n')
      if (isSo(text)) return text
      // What stands there instead tells more than a test that took too long.
      if (Date.now() - from > patienceMs) throw new Error(`Expected something else on the screen:\n${text}`)
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }

  /** Whether the cursor is seen, whether the screen is one of a program's own, and how the terminal treats what is typed. */
  state(): { cursor: string; ownScreen: string; size: string } {
    const format = '#{cursor_flag} #{alternate_on} #{window_width}x#{window_height}'
    const [cursor = '', ownScreen = '', size = ''] = this.#tmux('display-message', '-p', '-t', 'main', format)
      .trim()
      .split(' ')
    return { cursor, ownScreen, size }
  }

  get size(): string {
    return `${this.#columns}x${this.#rows}`
  }

  end(): void {
    this.#tmux('kill-server')
  }

  #tmux(...args: string[]): string {
    return execFileSync('tmux', ['-L', this.#server, ...args], { encoding: 'utf8', stdio: 'pipe' })
  }
}
