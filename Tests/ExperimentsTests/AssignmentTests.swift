import Experiments
import Numerics
import Testing

@Suite struct AssignmentTests {
    /// From another implementation; for whoever writes a third.
    @Test(arguments: [
        ("order", "", 7277), ("order", "anna", 858), ("order", "user-1", 2594),
        ("order", "workspace/notes-2026-11-21", 9418), ("order", "Zoë", 2935),
        ("order", "a much longer unit, beyond the 48 bytes of one round of the hash", 9627),
        ("order/traffic", "anna", 4066), ("order/traffic", "user-1", 1348),
        ("articles/slot", "anna", 3295), ("articles/slot", "user-1", 6852),
        ("articles/holdout", "anna", 2917), ("articles/holdout", "Zoë", 9331),
    ])
    func `the vectors come out`(salt: String, unit: String, bucket: Int) {
        #expect(BucketTable.bucket(of: unit, salt: salt) == bucket)
    }

    @Test func `holdout, slots, traffic and arms go together as the vectors say`() {
        let experiment = Experiment.halves(
            traffic: 8000, holdout: 500, layer: .init(name: "articles", slots: 0..<5000))
        let expected: [Int: Assignment] = [
            2: .arm(0), 4: .arm(1), 5: .arm(1), 7: .arm(0), 14: .arm(1), 16: .holdout, 17: .arm(1),
            18: .arm(1), 19: .holdout, 20: .arm(1), 25: .arm(1), 27: .arm(1), 28: .holdout,
            29: .arm(0), 32: .holdout, 33: .arm(0), 39: .arm(0),
        ]
        for i in 1...40 {
            #expect(
                experiment.assignment(of: "user-\(i)", at: 0) == expected[i] ?? .outside)
        }
    }

    @Test(arguments: 0..<10)
    func `arms have their shares, at any traffic`(seed: Int) {
        for traffic in [500, 2500, 10_000] {
            let experiment = Experiment(
                name: "salt \(seed)", arms: [Arm("A"), Arm("B"), Arm("C")],
                buckets: BucketTable(shares: [5000, 3000, 2000]), traffic: traffic, metrics: .ctr)
            var counts = [0, 0, 0]
            for i in 0..<20_000 {
                if let arm = experiment.arm(of: "user\(i)") { counts[arm] += 1 }
            }
            let test = SampleRatioTest(counts: counts, shares: [5000, 3000, 2000])
            #expect(test.pValue > 1e-4)
            let share = Double(counts.reduce(0, +)) / 20_000
            #expect(abs(share - Double(traffic) / 10_000) < 0.015)
        }
    }

    @Test(arguments: 0..<20)
    func `experiments of different salts are independent`(seed: Int) {
        let first = Experiment.halves("first \(seed)")
        let second = Experiment.halves("second \(seed)")
        var counts = [0, 0, 0, 0]
        for i in 0..<10_000 {
            guard let a = first.arm(of: "u\(i)"), let b = second.arm(of: "u\(i)") else { continue }
            counts[2 * a + b] += 1
        }
        let chiSquare = counts.reduce(0.0) { $0 + Double(($1 - 2500) * ($1 - 2500)) / 2500 }
        #expect(chiSquareTail(chiSquare, degrees: 3) > 1e-4)
    }

    @Test func `the arm, the traffic and the slot of one experiment are independent`() {
        let inSlots = Experiment.halves(
            traffic: 5000, layer: .init(name: "order", slots: 0..<5000))
        let all = Experiment.halves()
        var counts = [0, 0]
        for i in 0..<40_000 where inSlots.arm(of: "u\(i)") != nil {
            if let arm = all.arm(of: "u\(i)") { counts[arm] += 1 }
        }
        #expect(abs(counts.reduce(0, +) - 10_000) < 400)
        #expect(!SampleRatioTest(counts: counts, shares: [1, 1]).isAlarm)
    }

    @Test func `more traffic takes nobody out of an arm`() {
        let few = Experiment.halves(traffic: 500)
        let many = Experiment.halves(traffic: 5000)
        for i in 0..<5_000 {
            guard let arm = few.arm(of: "u\(i)") else { continue }
            #expect(many.arm(of: "u\(i)") == arm)
        }
    }

    @Test func `no unit is in two experiments of a layer, and the holdout is in none`() {
        let experiments = [0..<4000, 4000..<7000, 7000..<10_000].enumerated().map { i, slots in
            Experiment.halves(
                "e\(i)", holdout: 1000, layer: .init(name: "layer", slots: slots))
        }
        var held = 0
        for i in 0..<10_000 {
            let assignments = experiments.map { $0.assignment(of: "u\(i)", at: 0) }
            if assignments[0] == .holdout {
                held += 1
                #expect(assignments.allSatisfy { $0 == .holdout })
                #expect(
                    experiments.allSatisfy {
                        $0.with(state: .shipped(1)).assignment(of: "u\(i)", at: 0) == .holdout
                    })
            } else {
                #expect(assignments.count { $0 != .outside } == 1)
            }
        }
        #expect(abs(held - 1000) < 120)
    }

    @Test func `state and time decide whether anybody is in it`() {
        let experiment = Experiment.halves(start: 100, stop: 200)
        #expect(experiment.assignment(of: "anna", at: 99) == .outside)
        #expect(experiment.assignment(of: "anna", at: 100) == .arm(0))
        #expect(experiment.assignment(of: "anna", at: 200) == .outside)
        #expect(experiment.with(state: .stopped).assignment(of: "anna", at: 150) == .outside)
        let shipped = experiment.with(state: .shipped(1))
        #expect(shipped.assignment(of: "anna", at: 300) == .shipped(1))
    }
}
