import Drift
import Testing

@testable import Service

/// What `/metrics` shows of how versions stand against their references.
@Suite struct DriftMetricsTests {
    @Test func `a version that ends gives its series back, and one that counts on keeps its own`()
        throws
    {
        var builder = ReferenceBuilder([.name("intent")])
        for _ in 0..<100 { builder.add([.name("greeting")].span) }
        let reference = try #require(builder.reference(.heldOut))
        let metrics = ServiceMetrics()
        func version(_ number: Int) -> LiveDrift {
            let drift = LiveDrift(
                "desk@\(number)", builder.features, reference: reference, metrics.drift)
            _ = drift.look()
            return drift
        }
        func shows(_ model: String) -> Bool {
            String(decoding: metrics.render(), as: UTF8.self)
                .contains(#"hunch_drift_psi{model="\#(model)""#)
        }
        let first = version(0)
        for number in 1...1200 { _ = version(number) }
        let last = version(1201)
        #expect(shows("desk@0") && shows("desk@1201"))
        #expect(!shows("desk@1200") && !shows("other"))
        // Loaded anew and gone again: the one that was there goes on.
        _ = version(0)
        _ = (first.look(), last.look())
        #expect(shows("desk@0") && shows("desk@1201"))
    }
}
