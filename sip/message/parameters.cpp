#include "sip/message/parameters.hpp"

#include <utility>

#include "base/text.hpp"
#include "sip/message/chars.hpp"
#include "sip/message/name_addr.hpp"

namespace sip {

std::optional<Parameter> ParameterReader::fail() {
    ok_ = false;
    at_ = text_.size();
    return std::nullopt;
}

// Past the value that begins at `at`: a quoted string, or everything up to the next semicolon.
std::size_t ParameterReader::end_of_value(std::size_t at) const {
    at = chars::skip_blanks(text_, at);
    if (at < text_.size() && text_[at] == '"') { return chars::end_of_quoted(text_, at); }
    while (at < text_.size() && text_[at] != ';') {
        const char c = text_[at];
        if (c == '"' || c == '<' || c == '>' || !chars::is(c, chars::printable)) { return text_.npos; }
        ++at;
    }
    return at;
}

std::optional<Parameter> ParameterReader::next() {
    at_ = chars::skip_blanks(text_, at_);
    if (at_ == text_.size()) { return std::nullopt; }
    if (text_[at_] != ';') { return fail(); }
    Parameter found;
    found.at = at_;
    const auto name_at = chars::skip_blanks(text_, at_ + 1);
    auto at = name_at;
    while (at < text_.size() && text_[at] != ';' && text_[at] != '=' && chars::is(text_[at], chars::uri_tail)) { ++at; }
    found.name = text_.substr(name_at, at - name_at);
    if (found.name.empty()) { return fail(); }
    at = chars::skip_blanks(text_, at);
    if (at < text_.size() && text_[at] == '=') {
        const auto value_end = end_of_value(at + 1);
        if (value_end == text_.npos) { return fail(); }
        found.value = chars::trim(text_.substr(at + 1, value_end - at - 1));
        at = chars::skip_blanks(text_, value_end);
    }
    if (at < text_.size() && text_[at] != ';') { return fail(); }
    found.size = at - found.at;
    at_ = at;
    return found;
}

bool parameters_are_well_formed(std::string_view text) {
    ParameterReader reader{text};
    while (reader.next()) {}
    return reader.ok();
}

std::optional<std::string_view> find_parameter(std::string_view parameters, std::string_view name) {
    ParameterReader reader{parameters};
    while (const auto parameter = reader.next()) {
        if (base::iequals(parameter->name, name)) { return parameter->value; }
    }
    return std::nullopt;
}

void set_parameter(std::string& parameters, std::string_view name, std::string_view value) {
    std::string text;
    text.append(1, ';').append(name);
    if (!value.empty()) { text.append(1, '=').append(value); }
    std::string result;
    bool placed = false;
    ParameterReader reader{parameters};
    while (const auto parameter = reader.next()) {
        if (!base::iequals(parameter->name, name)) {
            result.append(parameters, parameter->at, parameter->size);
        } else if (!std::exchange(placed, true)) {
            result += text;
        }
    }
    if (!placed) { result += text; }
    parameters = std::move(result);
}

void remove_parameter(std::string& parameters, std::string_view name) {
    std::string kept;
    ParameterReader reader{parameters};
    while (const auto parameter = reader.next()) {
        if (base::iequals(parameter->name, name)) { continue; }
        kept.append(parameters, parameter->at, parameter->size);
    }
    parameters = std::move(kept);
}

}  // namespace sip
