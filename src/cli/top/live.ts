/** The screen that is drawn anew at each look and each key. */
import type { ReadStream, WriteStream } from 'node:tty'
import type { Paint } from '../../report/words/colour.ts'
import type { Fleet } from './fleet.ts'
import { History } from './history.ts'
import { type Key, pressed } from './keys.ts'
import { firstLook, type Picture, picture } from './picture.ts'
import { Screen } from './screen.ts'

/** A process that has nothing else to do answers within a quarter of a second. */
const answerMs = 350
const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export class Live {
  /** Once its user has quit, and nobody is asked any more. Rejects where something fails; the terminal is as it was either way. */
  readonly ended: Promise<void>
  readonly #fleet: Fleet
  readonly #intervalMs: number
  readonly #paint: Paint
  readonly #history = new History()
  readonly #screen: Screen
  #picture: Picture
  #timer: NodeJS.Timeout | undefined
  #resolve: () => void = () => {}
  #reject: (error: unknown) => void = () => {}

  constructor(fleet: Fleet, intervalMs: number, paint: Paint) {
    this.#fleet = fleet
    this.#intervalMs = intervalMs
    this.#paint = paint
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.#screen = new Screen(process.stdin as ReadStream, process.stdout as WriteStream, {
      key: (key) => this.#guarded(() => this.#press(key)),
      resized: () => this.#guarded(() => this.#draw()),
      closed: () => this.#end(),
    })
    this.#picture = { lines: [], look: firstLook, chosen: null, ids: [], page: 1 }
    for (const signal of endingSignals) process.on(signal, this.#end)
    process.on('SIGCONT', this.#goOn)
    this.#guarded(() => {
      this.#screen.enter()
      this.#ask()
      this.#draw()
    })
  }

  readonly #ask = (): void => {
    this.#guarded(() => {
      this.#timer = setTimeout(this.#look, answerMs)
      this.#fleet.ask(performance.now())
    })
  }

  readonly #look = (): void => {
    this.#guarded(() => {
      this.#timer = setTimeout(this.#ask, this.#intervalMs - answerMs)
      const at = performance.now()
      this.#history.note(at, this.#fleet.look(at))
      this.#draw()
    })
  }

  #draw(): void {
    const { width, height } = this.#screen
    const space = { width, height, paint: this.#paint }
    this.#picture = picture(this.#history, this.#picture.look, this.#intervalMs, space)
    this.#screen.draw(this.#picture.lines)
  }

  #press(key: Key): void {
    const action = pressed(key, this.#picture)
    if (action === 'quit') this.#end()
    else if (action === 'pause') this.#pause()
    else {
      this.#picture = { ...this.#picture, look: action.look }
      this.#draw()
    }
  }

  /** As Ctrl-Z does with other programs: the shell is there again. */
  #pause(): void {
    this.#screen.leave()
    process.kill(process.pid, 'SIGTSTP')
  }

  readonly #goOn = (): void => {
    this.#guarded(() => {
      this.#screen.enter()
      this.#draw()
    })
  }

  #guarded(body: () => void): void {
    try {
      body()
    } catch (error) {
      this.#reject(error)
      this.#end()
    }
  }

  /** All in one go: a terminal that is closed sends several signals, and what comes once nobody listens ends the process at once. */
  readonly #end = (): void => {
    clearTimeout(this.#timer)
    this.#screen.leave()
    try {
      this.#fleet.close()
      this.#resolve()
    } catch (error) {
      this.#reject(error)
    }
    for (const signal of endingSignals) process.removeListener(signal, this.#end)
    process.removeListener('SIGCONT', this.#goOn)
  }
}
