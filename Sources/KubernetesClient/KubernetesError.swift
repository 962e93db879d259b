/// Why the Kubernetes API cannot be used; texts never hold credentials, nor pieces of the files that do.
package struct KubernetesError: Error, Sendable, Equatable {
    /// The kind of failure; open-ended.
    package struct Code: RawRepresentable, Sendable, Hashable {
        /// The name in logs.
        package let rawValue: String

        /// Makes a code.
        package init(rawValue: String) { self.rawValue = rawValue }

        /// Neither a service account nor a kubeconfig is there.
        package static let noCluster = Code(rawValue: "noCluster")
        /// A file with credentials or certificates cannot be read.
        package static let unreadableFile = Code(rawValue: "unreadableFile")
        /// A kubeconfig is malformed, or names something that is not in it.
        package static let badKubeconfig = Code(rawValue: "badKubeconfig")
        /// A kubeconfig asks for something that is refused.
        package static let notSupported = Code(rawValue: "notSupported")
        /// A credential plugin gave no credentials.
        package static let pluginFailed = Code(rawValue: "pluginFailed")
        /// The server answered with an error.
        package static let refused = Code(rawValue: "refused")
        /// The server did not answer, or not in HTTP.
        package static let unreachable = Code(rawValue: "unreachable")
        /// The server's answer cannot be read.
        package static let badAnswer = Code(rawValue: "badAnswer")
    }

    /// The kind of failure.
    package let code: Code
    /// What happened, with the file or path.
    package let message: String
    /// The operator's next step.
    package let hint: String

    /// Makes an error.
    package init(code: Code, message: String, hint: String) {
        self.code = code
        self.message = message
        self.hint = hint
    }
}

extension KubernetesError: CustomStringConvertible {
    /// Message and hint in one line.
    package var description: String { "\(message) (\(hint))" }
}
