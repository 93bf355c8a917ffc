/** The same, a new one each time, and never closed: what is dropped leaves nothing behind. */
import { measure } from './measured.js'

class Scanner {
  depth = 0

  open() {
    this.depth += 1
  }

  close() {
    this.depth -= 1
  }
}

measure((count) => {
  for (let index = 0; index < count; index += 1) new Scanner().open()
})
