import Domain
import Testing

@Suite struct ImpersonationVerbTests {
    @Test(arguments: ImpersonationMode.allCases)
    func `reads the verbs that it makes`(_ mode: ImpersonationMode) {
        #expect(ImpersonationVerb(mode.identityVerb) == .identity(mode))
        guard case .action(let read?) = ImpersonationVerb(mode.actionVerb("list")) else {
            Issue.record("\(mode) is not read")
            return
        }
        #expect(read.mode == mode && read.verb == "list")
    }

    @Test func `says what it does not know`() {
        #expect(ImpersonationVerb("impersonate") == .unconstrained)
        for verb in ["impersonate:", "impersonate:later", "impersonate:user-info ", "impersonate:User-info"] {
            #expect(ImpersonationVerb(verb) == .identity(nil), "\(verb)")
        }
        for verb in ["", "user-info", "user-info:", ":list", "later:list", "list"] {
            #expect(ImpersonationVerb("impersonate-on:" + verb) == .action(nil), "\(verb)")
        }
        for verb in ["", "get", "impersonates", "impersonate-on", "Impersonate", "impersonate\u{301}"] {
            #expect(ImpersonationVerb(verb) == nil, "\(verb)")
        }
    }

    @Test func `a mode asks for its own resources, in its group and scope alone`() {
        let action = { (resource: String, namespace: String, name: String) in
            AccessAction(
                verb: "", apiGroup: "authentication.k8s.io", resource: resource, namespace: Namespace(namespace),
                name: name)
        }
        let asked = { (action: AccessAction) in ImpersonationMode.allCases.filter { $0.asks(for: action) } }
        #expect(asked(action("users", "", "eve")) == [.userInfo])
        #expect(asked(action("groups", "", "ops")) == [.userInfo])
        #expect(asked(action("serviceaccounts", "shop", "web")) == [.serviceAccount])
        #expect(asked(action("nodes", "", "n-1")) == [.arbitraryNode])
        #expect(asked(action("nodes", "", "*")) == [.arbitraryNode, .associatedNode])
        for other in [
            action("users", "shop", "eve"), action("serviceaccounts", "", "web"), action("userextras", "", "x"),
            AccessAction(verb: "", apiGroup: "", resource: "users", name: "eve"),
        ] {
            #expect(asked(other) == [], "\(other)")
        }
    }
}
