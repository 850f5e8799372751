internal import Bluesky
internal import Machine
internal import SupportDesk

extension Configuration {
  /// How Bluesky is listened to. Thrown: `ConfigurationError` for an address that is none.
  package func bluesky() throws -> BlueskyConfiguration {
    var bluesky = BlueskyConfiguration()
    let place = values["bluesky.url"]?.origin ?? "bluesky.url"
    bluesky.settings.endpoints = try list("bluesky.url").map { text in
      guard let endpoint = JetstreamEndpoint(text) else {
        throw ConfigurationError(
          place: place, message: "\(text) is no address of a Jetstream: give ws:// or wss://")
      }
      return endpoint
    }
    guard !bluesky.settings.endpoints.isEmpty else {
      throw ConfigurationError(place: place, message: "bluesky.url names no server")
    }
    bluesky.settings.collections = list("bluesky.collections")
    bluesky.settings.rewind = Int(value("bluesky.rewind-ms")) ?? 5_000
    bluesky.settings.idleTimeout = Int(value("bluesky.idle-timeout-ms")) ?? 30_000
    bluesky.settings.backoffScale = Double(value("bluesky.backoff-scale")) ?? 1
    let authorities = value("bluesky.ca-file")
    if !authorities.isEmpty {
      do { _ = try LocalDisk().open(authorities, .read) } catch {
        throw ConfigurationError(
          place: values["bluesky.ca-file"]?.origin ?? "bluesky.ca-file", message: "\(error)")
      }
      bluesky.settings.authorities = authorities
    }
    bluesky.names = brand.allNames
    let directory = value("bluesky.directory")
    bluesky.directory = value("bluesky.handles") == "true" ? directory : nil
    return bluesky
  }

  /// Whether `run` collects from Bluesky.
  package var collectsBluesky: Bool { value("sources.bluesky") == "true" }
}
