/** What `leakwatch init kubernetes` prints, as Kubernetes reads it. */
import { loadAll } from 'js-yaml'

export interface Container {
  readonly name: string
  readonly command?: readonly string[]
  readonly envFrom?: readonly { readonly configMapRef: { readonly name: string } }[]
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[]
  readonly volumeMounts: readonly {
    readonly name: string
    readonly mountPath: string
    readonly subPathExpr?: string
  }[]
}

export interface PodSpec {
  readonly initContainers?: readonly Container[]
  readonly containers: readonly Container[]
  readonly volumes: readonly {
    readonly name: string
    readonly persistentVolumeClaim?: { readonly claimName: string }
  }[]
}

export interface Manifest {
  readonly apiVersion?: string
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly data?: Readonly<Record<string, string>>
  readonly spec?: {
    readonly selector?: { readonly matchLabels: object }
    readonly template?: { readonly metadata: { readonly labels: object }; readonly spec: PodSpec }
  }
}

export function manifests(text: string): Manifest[] {
  return loadAll(text) as Manifest[]
}

/** `null`: it runs nothing. */
export function specOf({ kind, spec }: Manifest): PodSpec | null {
  if (kind === 'Pod') return spec as unknown as PodSpec
  return spec?.template?.spec ?? null
}
