/**
 * A program that lies in `node_modules` itself: a global install, one of `npx`, an image that installs the package. Loaded for such
 * main scripts alone.
 */
/** Packages whose commands run the user's program, build or test it: what they open is not the user's. Teach leakwatch one more by adding a line. */
const tools: readonly RegExp[] = [
  // Runners of tests
  /^(?:@playwright\/test|@wdio\/cli|ava|c8|cypress|jasmine|jest|jest-cli|karma|mocha|nyc|playwright|tap|uvu|vitest)$/,
  // Runners of programs
  /^(?:@swc-node\/\w+|concurrently|cross-env|dotenv-cli|env-cmd|forever|jiti|nodemon|npm-run-all\d?|pm2|ts-node|ts-node-dev|tsx|vite-node)$/,
  /^(?:lerna|nx|turbo|gulp|gulp-cli|grunt|grunt-cli|wireit)$/,
  // Frameworks and bundlers
  /^(?:@(?:angular|babel|nestjs|parcel|rspack|storybook|swc|vue)\/[\w-]+|@sveltejs\/kit|@react-router\/dev|@remix-run\/dev)$/,
  /^(?:astro|esbuild|expo|gatsby|gatsby-cli|next|nuxi|nuxt|parcel|react-native|react-scripts|rollup|sb|storybook|tsdown|tsup|unbuild)$/,
  /^(?:vite|vitepress|webpack|webpack-cli|webpack-dev-server|wrangler)$/,
  // Tools that read the user's code
  /^(?:@biomejs\/biome|eslint|leakwatch|prettier|stylelint|typescript)$/,
]

/** The folder of the package of the main script, with a separator at its end; `null`: that is no program of its own. */
export function folderOfInstalled(main: string, env: NodeJS.ProcessEnv): string | null {
  // What another program has forked is a part of that, but for the workers of a cluster.
  if (env.NODE_CHANNEL_FD !== undefined && env.NODE_UNIQUE_ID === undefined && env.pm_id === undefined)
    return null
  const found = /^(.*[\\/]node_modules[\\/])((?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(main)
  if (found === null) return null
  const [folder, , name = ''] = found
  return tools.some((tool) => tool.test(name.replaceAll('\\', '/'))) ? null : folder
}
