// JSON of the HTTP API as text for a terminal. Fields that are missing or of another type are left blank; what
// strangers wrote (names, URIs) cannot move the cursor.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace server::cli {

inline constexpr std::size_t max_cell = 40;  // characters of a table cell; the rest becomes …

// One line a call, with a head and a count; "no calls" for none.
std::string render_calls(const boost::json::array& calls);
// One line a peer.
std::string render_trunks(const boost::json::value& trunks);
// One line a binding.
std::string render_registrations(const boost::json::value& registrations);
std::string render_records(const boost::json::value& records);
std::string render_call(const boost::json::value& call);
// Any object as aligned "key  value" lines, nested ones with dots.
std::string render_fields(const boost::json::value& value);
// RFC 9457 problem details, and the errors listed in it.
std::string render_problem(unsigned status, std::string_view body);

// The scalar at a path of names ("legs.a.uri"), printable; empty where there is none.
std::string field(const boost::json::value& value, std::string_view path);
// In characters, not bytes.
std::size_t width(std::string_view text);
// Without control characters.
std::string printable(std::string_view text);
// Columns of equal width, two spaces apart; the first row is the head.
std::string render_table(const std::vector<std::vector<std::string>>& rows);

}  // namespace server::cli
