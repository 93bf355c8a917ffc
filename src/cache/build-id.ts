/** Another for each other text of leakwatch's files: the build writes it. What one has read of a file, another may read otherwise. */
export const buildId: string = 'source'
