#include "sip/message/message.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "sip/message/chars.hpp"
#include "sip/message/list_fields.hpp"
#include "sip/message/reason_phrase.hpp"

namespace sip {
namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view version = "SIP/2.0";

// What may go into a field: cut at the first CR, LF or unescaped NUL.
std::string_view clean(std::string_view value) {
    auto at = chars::find_any<'\r', '\n', '\0'>(value);
    while (at != value.npos && value[at] == '\0' && chars::is_escaped(value, at)) {
        at = chars::find_any<'\r', '\n', '\0'>(value, at + 1);
    }
    return chars::trim(value.substr(0, at));
}

std::string_view method_of_cseq(std::string_view cseq) {
    const auto blank = cseq.find_last_of(" \t");
    return blank == cseq.npos ? std::string_view{} : cseq.substr(blank + 1);
}

}  // namespace

Message Message::request(std::string_view method, std::string_view uri) {
    Message message;
    message.text_.reserve(1024);
    message.method_ = parse_method(method);
    message.start_ = message.append(clean(method));
    message.uri_ = message.append(clean(uri));
    return message;
}

Message Message::response(int status, std::string_view reason) {
    Message message;
    message.text_.reserve(512);
    message.status_ = status;
    message.start_ = message.append(clean(reason.empty() ? reason_phrase(status) : reason));
    return message;
}

std::string_view Message::method_text() const {
    if (is_request()) { return slice(start_); }
    return method_of_cseq(first(HeaderId::cseq).value_or(std::string_view{}));
}

std::string_view Message::request_uri() const { return slice(uri_); }

void Message::set_request_uri(std::string_view uri) { uri_ = append(clean(uri)); }

std::string_view Message::reason() const { return is_request() ? std::string_view{} : slice(start_); }

HeaderField Message::header(std::size_t index) const {
    const Field& field = fields_[index];
    return {field.id, field.name.size == 0 ? to_text(field.id) : slice(field.name), slice(field.value)};
}

std::optional<std::string_view> Message::first(HeaderId id) const {
    for (const Field& field : fields_) {
        if (field.id == id) { return slice(field.value); }
    }
    return std::nullopt;
}

std::optional<std::string_view> Message::first(std::string_view name) const {
    const HeaderId id = parse_header_id(name);
    if (id != HeaderId::other) { return first(id); }
    for (const Field& field : fields_) {
        if (field.id == id && base::iequals(slice(field.name), name)) { return slice(field.value); }
    }
    return std::nullopt;
}

std::size_t Message::count(HeaderId id) const {
    return static_cast<std::size_t>(
        std::count_if(fields_.begin(), fields_.end(), [id](const Field& field) { return field.id == id; }));
}

// `text` may be a view into the buffer, which growing would move away under it.
Message::Slice Message::append(std::string_view text) {
    const Slice slice{static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(text.size())};
    const std::size_t needed = text_.size() + text.size();
    if (needed <= text_.capacity()) {
        text_.append(text);
        return slice;
    }
    std::string grown;
    grown.reserve(std::max(needed, 2 * text_.capacity()));
    grown.append(text_).append(text);
    text_ = std::move(grown);
    return slice;
}

void Message::place(std::size_t index, HeaderId id, std::string_view value) {
    const Slice slice = append(clean(value));
    fields_.insert(fields_.begin() + static_cast<std::ptrdiff_t>(index), Field{id, {}, slice});
    if (id == HeaderId::cseq && !is_request()) { method_ = parse_method(method_text()); }
}

std::size_t Message::index_of(HeaderId id) const {
    const auto found =
        std::find_if(fields_.begin(), fields_.end(), [id](const Field& field) { return field.id == id; });
    return static_cast<std::size_t>(found - fields_.begin());
}

void Message::add(HeaderId id, std::string_view value) {
    if (id != HeaderId::other) { place(fields_.size(), id, value); }
}

void Message::add(std::string_view name, std::string_view value) {
    if (!chars::is_token(name)) { return; }
    const HeaderId id = parse_header_id(name);
    if (id != HeaderId::other) { return add(id, value); }
    // One append for both: the second view could not survive a growth for the first.
    const auto cleaned = clean(value);
    std::string both;
    both.reserve(name.size() + cleaned.size());
    both.append(name).append(cleaned);
    const Slice slice = append(both);
    const auto name_size = static_cast<std::uint32_t>(name.size());
    fields_.push_back(Field{id, {slice.at, name_size}, {slice.at + name_size, slice.size - name_size}});
}

void Message::add_first(HeaderId id, std::string_view value) {
    if (id == HeaderId::other) { return; }
    const auto index = index_of(id);
    place(index == fields_.size() ? 0 : index, id, value);
}

void Message::set(HeaderId id, std::string_view value) {
    if (id == HeaderId::other) { return; }
    const auto index = index_of(id);
    place(index, id, value);
    const auto behind = fields_.begin() + static_cast<std::ptrdiff_t>(index) + 1;
    fields_.erase(std::remove_if(behind, fields_.end(), [id](const Field& field) { return field.id == id; }),
                  fields_.end());
}

void Message::remove(HeaderId id) {
    if (id == HeaderId::other) { return; }
    fields_.erase(std::remove_if(fields_.begin(), fields_.end(), [id](const Field& field) { return field.id == id; }),
                  fields_.end());
}

void Message::remove(std::string_view name) {
    const HeaderId id = parse_header_id(name);
    if (id != HeaderId::other) { return remove(id); }
    const auto is_named = [&](const Field& field) {
        return field.id == HeaderId::other && base::iequals(slice(field.name), name);
    };
    fields_.erase(std::remove_if(fields_.begin(), fields_.end(), is_named), fields_.end());
}

void Message::remove_first(HeaderId id) {
    const auto index = index_of(id);
    if (index < fields_.size()) { fields_.erase(fields_.begin() + static_cast<std::ptrdiff_t>(index)); }
}

void Message::set_body(std::string_view content_type, std::string_view body) {
    body_ = append(body);
    if (body_.size == 0) {
        remove(HeaderId::content_type);
    } else {
        set(HeaderId::content_type, content_type);
    }
}

void Message::write_start_line(std::string& out) const {
    if (is_request()) {
        out.append(slice(start_)).append(1, ' ').append(slice(uri_)).append(1, ' ').append(version);
    } else {
        out.append(version).append(1, ' ').append(std::to_string(status_)).append(1, ' ').append(slice(start_));
    }
    out.append(line_end);
}

// Elements of a token list that came as neighbours go back onto one line: a datagram has no room to waste. One with a
// quote or bracket stays alone, as an unclosed one would swallow its neighbour.
bool Message::continues_line(std::size_t index) const {
    if (index == 0 || !is_token_list(fields_[index].id)) { return false; }
    const HeaderField before = header(index - 1);
    const HeaderField field = header(index);
    const auto is_plain = [](std::string_view value) {
        return !value.empty() && chars::find_any<'"', '<'>(value) == value.npos;
    };
    return before.id == field.id && before.name == field.name && is_plain(before.value) && is_plain(field.value);
}

std::string Message::to_string() const {
    std::string out;
    out.reserve(text_.size() + 4 * fields_.size() + 64);
    write_start_line(out);
    bool line_open = false;
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        if (fields_[i].id == HeaderId::content_length) { continue; }
        const HeaderField field = header(i);
        if (continues_line(i)) {
            out.append(", ").append(field.value);
            continue;
        }
        if (line_open) { out.append(line_end); }
        out.append(field.name).append(": ").append(field.value);
        line_open = true;
    }
    if (line_open) { out.append(line_end); }
    out.append("Content-Length: ").append(std::to_string(body_.size)).append("\r\n\r\n").append(body());
    return out;
}

}  // namespace sip
