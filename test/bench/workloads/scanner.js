/** A class that looks like an engine and never holds a handle. */
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
  const scanner = new Scanner()
  for (let index = 0; index < count; index += 1) {
    scanner.open()
    scanner.close()
  }
})
