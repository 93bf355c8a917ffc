/** The files for other tools: `leakwatch init` prints them, and the build writes them into the package. */
import { elasticTemplate } from './elastic-template.ts'
import { grafanaDashboard } from './grafana-dashboard.ts'
import { kubernetesRecipes } from './kubernetes.ts'
import { prometheusRules } from './prometheus-rules.ts'

export interface ToolFile {
  readonly name: string
  readonly text: () => string
}

/** By the tool that reads it. */
export const files: Readonly<Record<'kubernetes' | 'prometheus' | 'grafana' | 'elastic', ToolFile>> = {
  kubernetes: { name: 'kubernetes.yml', text: kubernetesRecipes },
  prometheus: { name: 'prometheus-rules.yml', text: prometheusRules },
  grafana: { name: 'grafana-dashboard.json', text: grafanaDashboard },
  elastic: { name: 'elastic-template.json', text: elasticTemplate },
}
