/** A million awaits. */
import { measure } from './measured.js'

const step = async (value) => value

measure(async (count) => {
  let sum = 0
  for (let index = 0; index < count; index += 1) sum += await step(index)
  return sum
})
