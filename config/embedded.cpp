#include "config/embedded.hpp"

namespace config {

// No phone can register yet, so the two demo phones are found where they are expected: on ports 5070 and 5080 of this
// machine.
std::string_view embedded_yaml() {
    return R"(users:
  alice: { password: demo, display: Alice }
  bob: { password: demo, display: Bob }
trunks:
  local: { allow: [127.0.0.0/8, "::1"] }
  alice: { peers: ["sip:127.0.0.1:5070"] }
  bob: { peers: ["sip:127.0.0.1:5080"] }
routes:
  - { to: "^music$", target: app:music }
  - { to: "^echo$", target: app:echo }
  - { to: "^milliwatt$", target: app:milliwatt }
  - { to: "^alice$", target: trunk:alice }
  - { to: "^bob$", target: trunk:bob }
)";
}

}  // namespace config
