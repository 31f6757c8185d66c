{{- define "bot.name" -}}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{- end }}

{{/* Labels of a part: (dict "root" . "part" "bot") */}}
{{- define "bot.selector" -}}
app.kubernetes.io/name: vitamin-d-bot
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{- define "bot.labels" -}}
{{ include "bot.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{- define "bot.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end -}}
{{- end }}

{{- define "bot.pod" -}}
serviceAccountName: {{ include "bot.name" . }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{- define "bot.container" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{/* What every process that reaches the database finds in its environment. */}}
{{- define "bot.environment" -}}
envFrom:
  - secretRef: {name: {{ .Values.secret.name }}}
env:
  - {name: BOT_KEEP_DAYS, value: {{ .Values.keepDays | quote }}}
  - {name: BOT_ACTIONS_URL, value: "http://{{ include "bot.name" . }}-actions:5055"}
  {{- with .Values.messaging }}
  - {name: BOT_CHANNELS, value: {{ join "," . | quote }}}
  {{- end }}
  {{- with .Values.model.sha256 }}
  - {name: BOT_MODEL_SHA256, value: {{ . | quote }}}
  {{- end }}
{{- end }}

{{/* Copies on different machines where there are several: (dict "root" . "part" "bot") */}}
{{- define "bot.spread" -}}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "bot.selector" . | nindent 8 }}
{{- end }}
