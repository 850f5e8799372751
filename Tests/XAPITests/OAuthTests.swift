import Curl
import Testing

@testable import XAPI

@Suite struct OAuthTests {
}
