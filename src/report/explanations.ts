/** What each kind of finding means, how it comes about and how it is mended: for `explain` and for SARIF's rules. */
import { type Example, examples } from './explanation-examples.ts'
import type { Verdict } from './report.ts'

export interface Explanation {
  kind: Verdict
  /** The fault, in one sentence. */
  summary: string
  /** What follows from it, and when it is judged. */
  meaning: string
  /** How such a leak comes about. */
  causes: readonly string[]
  /** What to do. */
  fixes: readonly string[]
  examples: readonly Example[]
}

type Words = Omit<Explanation, 'kind' | 'examples'>

const words: Readonly<Record<Verdict, Words>> = {
  'never-stopped': {
    summary: 'It was started, and its stop was never called.',
    meaning:
      'At the end of a program (exit, a shutdown that stalls, a test that asserts) whatever was started should have been ' +
      'stopped. Until then its timers, sockets and servers live on: they hold memory and connections, and may keep the ' +
      'process from exiting. In a report of a live process it is a warning: it still runs, which may be meant.',
    causes: [
      'An error, a timeout or an early return between start and stop skips the stop.',
      'A request or a job starts one each time, and only its usual path stops it.',
      'The shutdown handler stops the server, and not what was started beside it.',
    ],
    fixes: [
      'Stop it in a `finally`, or declare it with `await using`: both run on every path.',
      'Let what lives as long as the process be stopped by the one handler that ends the process.',
      'Is it meant to stay? Say so: `ignore(engine, reason)`, or a rule with a `reason` in the config file.',
    ],
  },
  'stop-incomplete': {
    summary: 'Its stop finished, but handles or engines that it had started are still there.',
    meaning:
      'Whoever called the stop did their part: the stop itself forgets something. The finding lists what is left, with ' +
      'the line where each was made.',
    causes: [
      'Something was added to `start()`, and nothing to `stop()`.',
      'A step of the stop threw, and the steps after it never ran.',
      'A second handle overwrote the field of the first, or one was made after the stop had begun.',
    ],
    fixes: [
      'Note how to undo each thing where it is made, and let the stop undo all of it: an `AsyncDisposableStack` does that, whichever step throws.',
    ],
  },
  'stop-pending': {
    summary: 'Its stop was called and has not finished.',
    meaning:
      'The stop waits for something that does not come; what it was to close is still open. A process that is being shut ' +
      'down hangs there until it is killed. In a live process it is told once the stop takes longer than ' +
      '`LEAKWATCH_STALL_MS`.',
    causes: [
      '`server.close()` waits for connections that clients keep open.',
      'The stop waits for work that waits for the stop, or for an event that was emitted before.',
      'A peer no longer answers, and there is no time limit.',
    ],
    fixes: [
      'Give each step of a stop a time limit, and end by force what has not ended by then.',
      'End idle connections first: `server.closeIdleConnections()`, later `server.closeAllConnections()`.',
    ],
  },
  'start-failed': {
    summary: 'Its start threw or rejected, and left handles behind.',
    meaning:
      'The caller saw an error, and has nothing to stop; what the start had opened before it failed stays open. With a ' +
      'start that is tried again each attempt leaves its share.',
    causes: [
      'The start opens several things in turn, and a later one fails.',
      'A connection opens, and its handshake, login or first query is refused.',
    ],
    fixes: [
      'Let the start undo what it opened before it throws: keep it in an `AsyncDisposableStack`, and `move()` it out once all stands.',
    ],
  },
  restarted: {
    summary: 'It was started again while running, and what the first start opened is still there.',
    meaning:
      'The second start overwrote the fields that the first had set, so that a stop ends only what came last. A second ' +
      'start that opens nothing is no fault.',
    causes: [
      'A reconnect calls `start()` without `stop()`.',
      'Two callers start the same object, each taking care of its own.',
    ],
    fixes: [
      'Stop before starting again, or let a start that finds itself running return what the first one returned.',
    ],
  },
  abandoned: {
    summary: 'It was garbage-collected while running: nothing can stop it any more.',
    meaning:
      'No reference to the object is left, while what it opened lives on. Nobody can call its stop until the process ends.',
    causes: [
      'It was started without being kept: `new Poller().start()`.',
      'The object that kept it was dropped, or the field was overwritten by the next one.',
    ],
    fixes: ['Keep a reference where the stop can reach it, and stop it before the reference goes.'],
  },
  overdue: {
    summary: 'It runs far longer than others that were started at the same place.',
    meaning:
      'Told in live processes: its siblings were stopped long ago, and it has run over 10 times as long as all but the ' +
      'slowest hundredth of them, and over 10 s. It is most likely on the path that forgets the stop, and will be told as ' +
      'never stopped when the process ends.',
    causes: [
      'One path of several (an error, a timeout, a client that went away) skips the stop.',
      'What it waits for never comes, and there is no time limit.',
    ],
    fixes: [
      'The finding names where the others were stopped: make this path lead there too, by a `finally`.',
      'Give the work a time limit: `AbortSignal.timeout(ms)`.',
    ],
  },
  growing: {
    summary: 'The number running from one place keeps rising from check to check.',
    meaning:
      'Told in live processes, after a rise in at least three checks in a row. Each may look harmless; together they ' +
      'run out of connections, descriptors or memory.',
    causes: [
      'Each request, message or reconnect starts one, and not every one is stopped.',
      'They are kept in a map or an array from which nothing is removed.',
    ],
    fixes: [
      'Stop each when what it was started for ends, on every path: the request, the connection, the subscription.',
      'Share one among all, or take them from a pool with a limit.',
    ],
  },
  orphan: {
    summary: 'A live handle that belongs to no engine.',
    meaning:
      'A timer, socket or server that was made outside of everything that leakwatch knows to have a stop. In a live report it ' +
      'is a warning, and so is one that does not keep the process alive.',
    causes: [
      'An interval at the top level of a module, or in a function that keeps no reference to it.',
      'A client or a watcher made for one task, and left open after it.',
      'An object with start and stop methods of other names than leakwatch looks for: `track(object, { start, stop })`.',
    ],
    fixes: [
      'Keep it, and close it when the task or the process ends.',
      'A timer that may end with the process: `unref()` it.',
    ],
  },
}

/** In the order of the documentation. */
export const explanations: Readonly<Record<Verdict, Explanation>> = Object.fromEntries(
  Object.entries(words).map(([kind, each]) => [
    kind,
    { kind, ...each, examples: examples[kind as Verdict] } as Explanation,
  ]),
) as Record<Verdict, Explanation>

/** Whole, as plain text without line breaks of its own. */
export function explanationText(explanation: Explanation): string {
  const { meaning, causes, fixes } = explanation
  return [
    meaning,
    'How it comes about:',
    ...causes.map(item),
    'What to do:',
    ...fixes.map(item),
    ...explanation.examples.flatMap(({ title, before, after }) => [
      `${title}.`,
      'Before:',
      before,
      'After:',
      after,
    ]),
  ].join('\n')
}

export function explanationMarkdown(explanation: Explanation): string {
  const { meaning, causes, fixes } = explanation
  return [
    meaning,
    `**How it comes about**\n\n${causes.map(item).join('\n')}`,
    `**What to do**\n\n${fixes.map(item).join('\n')}`,
    ...explanation.examples.map(
      ({ title, before, after }) =>
        `**${title}**\n\nBefore:\n\n\`\`\`js\n${before}\n\`\`\`\n\nAfter:\n\n\`\`\`js\n${after}\n\`\`\``,
    ),
  ].join('\n\n')
}

function item(text: string): string {
  return `- ${text}`
}
