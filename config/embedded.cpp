#include "config/embedded.hpp"

namespace config {

std::string_view embedded_yaml() {
    return R"(users:
  alice: { password: demo, display: Alice }
  bob: { password: demo, display: Bob }
registrar: { store: none }
cdr: { store: none }
routes:
  - { to: "^music$", target: app:music }
  - { to: "^echo$", target: app:echo }
  - { to: "^milliwatt$", target: app:milliwatt }
  - { to: "^alice$", target: user:alice }
  - { to: "^bob$", target: user:bob }
)";
}

}  // namespace config
