/// Writes a LogEntry of GKE; every part can be replaced.
struct LogEntryText {
    var method = "io.k8s.core.v1.pods.get"
    var resource: String? = "core/v1/namespaces/shop/pods/web"
    var service = #""serviceName":"k8s.io","#
    var authentication = #"{"principalEmail":"dana@example.com"}"#
    var authorization: String? = #"[{"granted":true,"permission":"io.k8s.core.v1.pods.get","resource":"core/v1"}]"#
    var status: String? = "{}"
    var labels: String?
    var operation = #"{"id":"op-1","producer":"k8s.io","first":true,"last":true}"#
    var time = #""timestamp":"2026-11-01T00:00:01.5Z""#

    var line: String {
        let name = resource.map { #""resourceName":"\#($0)","# } ?? ""
        let checks = authorization.map { #""authorizationInfo":\#($0),"# } ?? ""
        let state = status.map { #""status":\#($0),"# } ?? ""
        let marks = labels.map { #""labels":\#($0),"# } ?? ""
        return #"{"protoPayload":{"@type":"type.googleapis.com/google.cloud.audit.AuditLog","#
            + #""authenticationInfo":\#(authentication),\#(checks)"methodName":"\#(method)",\#(name)\#(service)\#(state)"#
            + #""requestMetadata":{"callerIp":"10.0.0.1","callerSuppliedUserAgent":"kubectl/v1.36"}},"#
            + #""insertId":"i-1","resource":{"type":"k8s_cluster","labels":{"cluster_name":"c"}},"#
            + #"\#(marks)"operation":\#(operation),"receiveTimestamp":"2026-11-01T00:00:09Z",\#(time)}"#
    }

    func with(_ change: (inout LogEntryText) -> Void) -> LogEntryText {
        var copy = self
        change(&copy)
        return copy
    }
}
