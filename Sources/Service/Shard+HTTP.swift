// What is answered to plain HTTP requests, and which of them become WebSockets.

internal import CAssets
internal import Reactor
internal import Telemetry
internal import WebSocket

extension Shard {
    func answer(_ request: HTTPRequest, from token: SlabToken) {
        // Whoever watches over the server asks when it is full, too: one that is alive must not be taken for dead.
        if connections[token].isRefused, !Self.watchedPaths.contains(request.path) {
            return respond(.unavailable(retryAfterSeconds: 1), to: token)
        }
        let handshake = context.access.handshake
        if handshake.paths.contains(request.path) { return upgrade(request, token, by: handshake) }
        respond(response(to: request), to: token, method: request.method)
    }

    private func upgrade(
        _ request: HTTPRequest, _ token: SlabToken, by handshake: ServerHandshake
    ) {
        switch handshake.answer(request) {
        case .refuse(let response): respond(response, to: token)
        case .upgrade(let upgrade):
            let isEcho = request.path == Self.echoPath
            var head: [UInt8] = []
            upgrade.response.append(to: &head)
            connections[token].send(head)
            connections[token].endpoint.upgrade(compression: upgrade.compression, echo: isEcho)
            if isEcho { connections[token].stage = .open }
            markDirty(token)
        }
    }

    private static let watchedPaths: Set = ["/metrics", "/v2/health/live"]

    static var socketPath: String { "/ws" }
    static var echoPath: String { "/echo" }

    /// Sends a response and closes: pages and figures are asked for now and then.
    func respond(_ response: HTTPResponse, to token: SlabToken, method: String = "GET") {
        var response = response
        if response.fields["Connection"] == nil { response.fields.append("Connection", "close") }
        var bytes: [UInt8] = []
        response.append(to: &bytes, method: method)
        connections[token].send(bytes)
        close(token, nil)
    }

    private func response(to request: HTTPRequest) -> HTTPResponse {
        guard request.method == "GET" || request.method == "HEAD" else {
            return .refusal(.methodNotAllowed, ["Allow": "GET, HEAD"])
        }
        switch request.path {
        case "/metrics":
            return HTTPResponse(
                .ok, ["Content-Type": Metrics.contentType], body: context.metrics.render())
        case "/v2/health/live": return health(true)
        case "/v2/health/ready": return health(context.control.isReady && !isDraining)
        default: return Pages.response(for: request) ?? .refusal(.notFound)
        }
    }

    /// Open Inference Protocol: 200 for yes; 503 for not now.
    private func health(_ isWell: Bool) -> HTTPResponse {
        let type: HTTPFields = ["Content-Type": "application/json"]
        let body = Array("{\"ok\":\(isWell)}\n".utf8)
        return HTTPResponse(isWell ? .ok : .serviceUnavailable, type, body: body)
    }
}

/// The pages that the binary carries.
enum Pages {
    /// The response to a request for a page; `nil` where there is none of that path.
    static func response(for request: HTTPRequest) -> HTTPResponse? {
        let name = names[request.path] ?? "pages" + request.path
        guard name.hasPrefix("pages/"), let bytes = asset(name) else { return nil }
        let type = types[name.split(separator: ".").last.map(String.init) ?? ""]
        return HTTPResponse(
            .ok,
            [
                "Content-Type": type ?? "application/octet-stream", "Cache-Control": "no-cache",
                "X-Content-Type-Options": "nosniff",
                "Content-Security-Policy": "default-src 'self'; connect-src 'self' ws: wss:",
            ], body: bytes)
    }

    private static let names = ["/": "pages/index.html", "/console": "pages/console.html"]

    private static let types = [
        "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8",
        "css": "text/css; charset=utf-8", "svg": "image/svg+xml", "png": "image/png",
    ]

    /// A file that the binary carries.
    static func asset(_ name: String) -> [UInt8]? {
        guard let asset = asset_named(name) else { return nil }
        return Array(UnsafeBufferPointer(start: asset.pointee.bytes, count: asset.pointee.length))
    }
}
