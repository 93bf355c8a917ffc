/** JSON with comments and trailing commas. Throws what `JSON.parse` throws; positions in its message hold. */
export function parseJsonc(text: string): unknown {
  // Strings come first in each pattern, so that what looks like a comment or a comma in one stays. A byte order mark
  // is white space to people.
  const bare = text
    .replace(/^\ufeff/, ' ')
    .replace(/"(?:\\.|[^"\\])*"|\/\/[^\n\r]*|\/\*[\s\S]*?\*\//g, (match) =>
      match[0] === '"' ? match : blank(match),
    )
  return JSON.parse(
    bare.replace(/"(?:\\.|[^"\\])*"|,(?=\s*[}\]])/g, (match) => (match === ',' ? ' ' : match)),
  )
}

function blank(comment: string): string {
  return comment.replace(/[^\n\r]/g, ' ')
}
