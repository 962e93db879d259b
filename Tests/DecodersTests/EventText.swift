/// Writes an audit event; every part can be replaced.
struct EventText {
    var id = #""auditID":"id-1","#
    var stage = "ResponseComplete"
    var uri = "/api/v1/namespaces/shop/pods"
    var verb = "list"
    var user = #"{"username":"dana","groups":["sre","system:authenticated"]}"#
    var impersonated = ""
    /// The value of `authenticationMetadata`.
    var metadata = ""
    var reference: String? = #"{"resource":"pods","namespace":"shop","apiVersion":"v1"}"#
    var code: Int? = 200
    var decision: String? = "allow"
    var version = "audit.k8s.io/v1"
    var time = #""requestReceivedTimestamp":"2026-11-01T00:00:01.5Z""#

    var line: String {
        let notes = decision.map { ",\"annotations\":{\"authorization.k8s.io/decision\":\"\($0)\"}" } ?? ""
        let object = reference.map { "\"objectRef\":\($0)," } ?? ""
        let status = code.map { "\"responseStatus\":{\"metadata\":{},\"code\":\($0)}," } ?? ""
        let other = impersonated.isEmpty ? "" : "\"impersonatedUser\":\(impersonated),"
        let how = metadata.isEmpty ? "" : "\"authenticationMetadata\":\(metadata),"
        return
            "{\"kind\":\"Event\",\"apiVersion\":\"\(version)\",\(id)\"stage\":\"\(stage)\",\"requestURI\":\"\(uri)\","
            + "\"verb\":\"\(verb)\",\"user\":\(user),\(other)\(how)\"userAgent\":\"curl/8\","
            + "\(object)\(status)\(time)\(notes)}"
    }

    func with(_ change: (inout EventText) -> Void) -> EventText {
        var copy = self
        change(&copy)
        return copy
    }
}
