/** What could not be watched, for the report's `notCovered`. */

/** Names of classes whose methods cannot be replaced. */
export const frozenClasses: Set<string> = new Set()

/** Paths of the program's own files that could not be read. */
export const unreadFiles: Set<string> = new Set()
