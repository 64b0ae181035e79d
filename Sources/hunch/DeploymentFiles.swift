// Files that have a server run elsewhere: under systemd, in a container, on Kubernetes.

import Service

/// Writes down how a server is started, watched and stopped.
///
/// All of them start it by `hunch serve`, ask `/v2/health/live` and `/v2/health/ready`, and stop it by
/// SIGTERM: it drains within 8 seconds, or `drainSeconds` of its limits, and then closes its journal.
struct DeploymentFiles {
    enum Target: String, CaseIterable {
        case systemd, container, kubernetes
    }

    /// The environment that is served.
    var environment: String
    var port: Int
    /// Where all files are, on the machine or in the container.
    var home: String
    /// Where the program is, on the machine or in the container.
    var program: String
    /// The image that is run, or that a container is made from.
    var image: String

    /// Mebibytes that the server may take, with the programs and trainings that it starts.
    var memory: Int
    /// Seconds that its connections have when it stops.
    var drain: Int

    /// Seconds that a server is given to stop in, more than it takes.
    private var grace: Int { max(30, drain + 15) }

    func files(for target: Target) -> [(name: String, text: String)] {
        switch target {
        case .systemd: [("\(name).service", unit), ("\(name).env", variables)]
        case .container: [("Containerfile", containerfile)]
        case .kubernetes: [("\(name).yaml", manifests)]
        }
    }

    /// What to do with them, in the folder where they were written.
    func next(for target: Target) -> String {
        switch target {
        case .systemd:
            "copy the program hunch beside them, then: install -m 755 hunch \(program); useradd --system hunch; install -d -o hunch \(home); install -m 644 \(name).service /etc/systemd/system/ && install -D -m 640 \(name).env "
                + "/etc/hunch/\(name).env && systemctl enable --now \(name)"
        case .container:
            "copy the program hunch beside it, then: docker build -t hunch -f Containerfile ."
        case .kubernetes: "kubectl apply -f \(name).yaml"
        }
    }

    /// Makes the environment where it is not there; for a shell.
    private var preparation: String {
        "test -e \(home)/environments/\(environment) "
            + "|| \(program) create env -n \(environment) --home \(home)"
    }

    /// What starts the server on all addresses, where it has a machine to itself.
    private var command: [String] {
        [
            program, "serve", "--env", environment, "--home", home, "--host", "0.0.0.0", "--port",
            "\(port)",
        ]
    }

    /// Words as a list of JSON, which Containerfiles and YAML take, too.
    private static func list(_ words: [String]) -> String {
        "[" + words.map { "\"\($0)\"" }.joined(separator: ", ") + "]"
    }

    /// What services and files are called.
    private var name: String { "hunch-\(environment)" }

    // MARK: systemd

    private var unit: String {
        """
        # Serves the environment '\(environment)' of Hunch.
        [Unit]
        Description=Hunch, environment \(environment)
        After=network-online.target
        Wants=network-online.target

        [Service]
        Type=exec
        User=hunch
        Group=hunch
        EnvironmentFile=/etc/hunch/\(name).env
        ExecStartPre=/bin/sh -c '\(preparation)'
        ExecStart=\(program) serve --env \(environment) --home \(home) --host ${HUNCH_HOST} --port ${HUNCH_PORT}
        WorkingDirectory=\(home)
        Restart=on-failure
        RestartSec=1
        # The server is told, and tells what it has started; everything is drained by then.
        KillSignal=SIGTERM
        KillMode=mixed
        TimeoutStopSec=\(grace)
        LimitNOFILE=65536
        MemoryMax=\(memory)M
        # A program or a training that takes too much ends without the server.
        OOMPolicy=continue
        NoNewPrivileges=true
        PrivateTmp=true
        ProtectSystem=strict
        ProtectHome=true
        ReadWritePaths=\(home)

        [Install]
        WantedBy=multi-user.target

        """
    }

    private var variables: String {
        """
        # Flags of hunch as variables; tokens belong into environment.json of the home.
        HUNCH_HOST=127.0.0.1
        HUNCH_PORT=\(port)
        HUNCH_USER=systemd

        """
    }

    // MARK: Container

    private var containerfile: String {
        """
        # Serves the environment '\(environment)' of Hunch from the program beside this file. Once, on the volume:
        # \(preparation)
        ARG BASE=\(image)
        FROM ${BASE}
        RUN apt-get update && apt-get install -y --no-install-recommends libsqlite3-0 zlib1g libssl3 tini && rm -rf /var/lib/apt/lists/*
        RUN useradd --system --uid 10001 --home-dir \(home) hunch && mkdir -p \(home) && chown hunch \(home)
        COPY hunch \(program)
        USER 10001
        WORKDIR \(home)
        VOLUME \(home)
        EXPOSE \(port)
        STOPSIGNAL SIGTERM
        HEALTHCHECK --interval=10s --timeout=3s CMD ["\(program)", "status", "--env", "\(environment)", "--home", "\(home)"]
        # The first process is the one that must reap what programs leave behind.
        ENTRYPOINT \(Self.list(["/usr/bin/tini", "--"] + command))

        """
    }

    // MARK: Kubernetes

    private var manifests: String {
        """
        # Serves the environment '\(environment)' of Hunch: one server, as one process serves one environment.
        apiVersion: v1
        kind: Service
        metadata:
          name: \(label)
          labels: {app: \(label)}
        spec:
          selector: {app: \(label)}
          ports:
            - {name: http, port: \(port), targetPort: http}
        ---
        apiVersion: apps/v1
        kind: StatefulSet
        metadata:
          name: \(label)
          labels: {app: \(label)}
        spec:
          serviceName: \(label)
          replicas: 1
          selector:
            matchLabels: {app: \(label)}
          template:
            metadata:
              labels: {app: \(label)}
              annotations:
                prometheus.io/scrape: "true"
                prometheus.io/port: "\(port)"
                prometheus.io/path: /metrics
            spec:
              # SIGTERM drains; what is not gone by then is cut off.
              terminationGracePeriodSeconds: \(grace)
              # The variables of a Service named hunch would be taken for flags.
              enableServiceLinks: false
              # The pod's own first process reaps what programs leave behind.
              shareProcessNamespace: true
              securityContext: {runAsNonRoot: true, runAsUser: 10001, fsGroup: 10001}
              initContainers:
                - name: environment
                  image: \(image)
                  command: ["/bin/sh", "-c", "\(preparation)"]
                  volumeMounts:
                    - {name: home, mountPath: \(home)}
              containers:
                - name: hunch
                  image: \(image)
                  command: \(Self.list(Array(command.prefix(1))))
                  args: \(Self.list(Array(command.dropFirst())))
                  ports:
                    - {name: http, containerPort: \(port)}
                  startupProbe:
                    httpGet: {path: /v2/health/live, port: http}
                    periodSeconds: 1
                    failureThreshold: 60
                  livenessProbe:
                    httpGet: {path: /v2/health/live, port: http}
                    periodSeconds: 10
                    timeoutSeconds: 3
                  readinessProbe:
                    httpGet: {path: /v2/health/ready, port: http}
                    periodSeconds: 2
                    timeoutSeconds: 3
                  resources:
                    requests: {cpu: "1", memory: \(min(512, memory))Mi}
                    limits: {cpu: "2", memory: \(memory)Mi}
                  volumeMounts:
                    - {name: home, mountPath: \(home)}
          volumeClaimTemplates:
            - metadata: {name: home}
              spec:
                accessModes: [ReadWriteOnce]
                resources: {requests: {storage: 10Gi}}

        """
    }

    /// The name as Kubernetes takes it: lower-case letters, digits and hyphens, none of those at the end.
    private var label: String {
        let signs = name.lowercased().map {
            $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-"
        }
        return String(signs.reversed().drop { $0 == "-" }.reversed())
    }
}
