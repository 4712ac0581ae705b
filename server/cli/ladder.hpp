// The ladder of a call (JSON of the HTTP API) as text: one line an entry, an arrow where a message went, a mark on the
// server's line where it decided, a note on the line of whoever hears something new. Times are UTC.
#pragma once

#include <boost/json/value.hpp>
#include <string>

namespace server::cli {

std::string render_ladder(const boost::json::value& ladder);

}  // namespace server::cli
