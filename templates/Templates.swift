/// The templates that come with the program. A user's own of the same name replace them.
package enum Templates {
    /// Name (as in the `templates` folder, without `.mustache`) to text.
    package static let builtIn: [String: String] = [
        "pull-request-title": text(PackageResources.pull_request_title_mustache),
        "pull-request-body": text(PackageResources.pull_request_body_mustache),
        "commit-message": text(PackageResources.commit_message_mustache),
        "removal-title": text(PackageResources.removal_title_mustache),
        "removal-body": text(PackageResources.removal_body_mustache),
        "removal-message": text(PackageResources.removal_message_mustache),
    ]

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
