import { describe, expect, it } from 'vitest'
import type { PlainFrame } from '../../../src/core/stacks/frames.ts'
import { outsideConstructors } from '../../../src/detect/lifecycle/outside-constructors.ts'

const file = '/shop/feed.js'
const source = { name: 'Feed', file, line: 1, endLine: 20 }

class Feed {}
class PriceFeed extends Feed {}

describe('the place of a `new`', () => {
  it('is below the fields and the constructor of the class', () => {
    const frames = [
      called('Feed.<instance_members_initializer>', 20),
      constructed('Feed', 2),
      called('main', 40),
    ]
    expect(lines(frames, Feed)).toEqual([40])
  })

  it('is below the constructor of a subclass that called `super()`', () => {
    const frames = [constructed('Feed', 2), constructed('PriceFeed', 31), called('main', 40)]
    expect(lines(frames, PriceFeed)).toEqual([40])
  })

  it('is in the constructor of the object that it was made in', () => {
    const frames = [
      called('Feed.<instance_members_initializer>', 20),
      constructed('Feed', 2),
      called('Shop.<instance_members_initializer>', 61),
      constructed('Shop', 60),
    ]
    expect(lines(frames, Feed)).toEqual([61, 60])
  })

  it('is in its own class where one instance makes another', () => {
    const frames = [constructed('Feed', 2), constructed('Feed', 3), called('main', 40)]
    expect(lines(frames, Feed)).toEqual([3, 40])
  })

  it('is below the constructor of a class without a name, which is told by its lines', () => {
    const Unnamed = (() => class {})()
    expect(lines([constructed(null, 2), constructed('Shop', 60)], Unnamed)).toEqual([60])
  })

  it('is found without a trap or a getter of the program being called', () => {
    const trapped = new Proxy(Feed.prototype, {
      getPrototypeOf: () => {
        throw new Error('a trap was called')
      },
    })
    const derived = Object.create(trapped, {
      constructor: {
        get: () => {
          throw new Error('a getter was called')
        },
      },
    })
    const frames = [constructed('Feed', 2), called('main', 40)]
    expect(outsideConstructors(frames, derived, [source]).map(({ line }) => line)).toEqual([40])
  })
})

function lines(frames: readonly PlainFrame[], made: { prototype: object }): (number | null)[] {
  return outsideConstructors(frames, made.prototype, [source]).map(({ line }) => line)
}

function called(name: string, line: number): PlainFrame {
  return { function: name, file, line, column: 1, construct: false }
}

function constructed(name: string | null, line: number): PlainFrame {
  return { function: name, file, line, column: 1, construct: true }
}
