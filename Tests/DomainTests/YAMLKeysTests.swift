import Domain
import Testing

/// Texts that a YAML parser must not get.
struct YAMLKeysTests {
    @Test(arguments: [
        "a: &a x\nb: {? *a : y}\n", "a: &a [x]\n*a : y\n", "a: &a x\n? *a\n: y\n", "a: &a x\n[*a, *a]: y\n",
        "a: &a x\nb: {[*a]: y}\n", "a: &a {b: c}\n{k: *a} : y\n", "a: &a x\n- ? [*a]\n  : y\n",
    ])
    func `refuses keys that hold aliases`(_ text: String) { #expect(YAMLKeys.areOfAliases(text)) }

    @Test(arguments: [
        "", "a: b\n", "verbs: [\"*\"]\nurl: http://x/?a=1&b=2\n", "base: &base {a: b}\nother:\n  <<: *base\n",
        "labels: &l {app: web}\nselector: *l\nresources: [\"*\"]\n", "a: [b]\nc: {d: e}\n[x]: y\n", "? a\n: b\n",
        "args: [*, &]\nb: {c: d}: e", "x: &x [1]\ny: [*x, *x]\n",
    ])
    func `takes what people write`(_ text: String) { #expect(!YAMLKeys.areOfAliases(text)) }
}
