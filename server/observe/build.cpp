#include "server/observe/build.hpp"

namespace server {

const std::string_view build_commit = HOLDFAST_COMMIT;

}  // namespace server
