import Domain
import Testing

@Suite struct SubjectTests {
    @Test(arguments: [
        ("system:serviceaccount:shop:web", Subject(kind: .serviceAccount, namespace: Namespace("shop"), name: "web")),
        ("system:serviceaccount:shop:web:x", Subject(kind: .user, name: "system:serviceaccount:shop:web:x")),
        ("system:serviceaccount:shop", Subject(kind: .user, name: "system:serviceaccount:shop")),
        ("system:serviceaccount:shop:", Subject(kind: .user, name: "system:serviceaccount:shop:")),
        ("system:serviceaccount::web", Subject(kind: .user, name: "system:serviceaccount::web")),
        ("system:serviceaccount:", Subject(kind: .user, name: "system:serviceaccount:")),
        ("system:serviceaccounts:shop:web", Subject(kind: .user, name: "system:serviceaccounts:shop:web")),
        ("System:serviceaccount:shop:web", Subject(kind: .user, name: "System:serviceaccount:shop:web")),
        ("system:kube-scheduler", Subject(kind: .user, name: "system:kube-scheduler")),
        ("alice@example.com", Subject(kind: .user, name: "alice@example.com")), ("", Subject(kind: .user, name: "")),
    ])
    func `tells service accounts from users by the name`(userName: String, subject: Subject) {
        #expect(Subject(userName: userName) == subject)
        #expect(Subject(userName: userName).userName == userName)
    }
}
