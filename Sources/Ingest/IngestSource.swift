import Decoders

/// What the records are.
package enum IngestSource: String, CaseIterable, Sendable {
    /// Cilium Hubble flows.
    case hubble
    /// Audit events of the Kubernetes API server.
    case audit

    func decoder(_ options: IngestOptions) -> any RecordDecoder {
        switch self {
        case .hubble: HubbleDecoder(defaultTime: options.defaultTime, tableBytes: options.tableBytes)
        case .audit: AuditDecoder(defaultTime: options.defaultTime, tableBytes: options.tableBytes)
        }
    }
}
