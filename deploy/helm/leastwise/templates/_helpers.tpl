{{- define "leastwise.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{/* At most 52 characters: a StatefulSet's pods carry its name with a hash in a label (controller-revision-hash). */}}
{{- define "leastwise.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else if contains (include "leastwise.name" .) .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "leastwise.name" .) | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "leastwise.selectorLabels" -}}
app.kubernetes.io/name: {{ include "leastwise.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "leastwise.labels" -}}
{{ include "leastwise.selectorLabels" . }}
app.kubernetes.io/part-of: leastwise
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "leastwise.serviceAccountName" -}}
{{- default (include "leastwise.fullname" .) .Values.serviceAccount.name -}}
{{- end -}}

{{- define "leastwise.port" -}}
{{- .Values.config.server.listen | splitList ":" | last -}}
{{- end -}}

{{- define "leastwise.scheme" -}}
{{- if .Values.config.server.certificateFile -}}HTTPS{{- else -}}HTTP{{- end -}}
{{- end -}}
