// A SIP message (RFC 3261 §7): start line, header fields in the order they came, body. All text stands in one buffer
// that the message owns; fields are slices of it, so that copying or moving a message is cheap and unknown fields stay
// byte for byte. What a field's value means is read by the typed parsers beside this file, when it is needed.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sip/message/header_id.hpp"
#include "sip/message/method.hpp"

namespace sip {

// Views into the message: valid until it is changed or destroyed.
struct HeaderField {
    HeaderId id;
    std::string_view name;   // as it came ("v", "Via", "VIA")
    std::string_view value;  // unfolded, trimmed
};

class Message {
public:
    static Message request(std::string_view method, std::string_view uri);
    static Message request(Method method, std::string_view uri) { return request(to_text(method), uri); }
    static Message response(int status, std::string_view reason = {});  // empty: the standard phrase

    bool is_request() const { return status_ == 0; }
    Method method() const { return method_; }  // of a response: the method of its CSeq
    std::string_view method_text() const;
    std::string_view request_uri() const;
    void set_request_uri(std::string_view uri);
    int status() const { return status_; }  // of a request 0; of a response whose start line is broken -1
    std::string_view reason() const;

    // Each comma-separated element of Via, Contact, Route, Record-Route and the other list fields is a field of its own
    // here (RFC 3261 §7.3.1); fields whose grammar has no such list are kept whole. What add() is given stays whole.
    std::size_t header_count() const { return fields_.size(); }
    HeaderField header(std::size_t index) const;
    std::optional<std::string_view> first(HeaderId id) const;
    std::optional<std::string_view> first(std::string_view name) const;  // for HeaderId::other; any case
    std::size_t count(HeaderId id) const;
    // Calls visit(std::string_view value) for each field `id`, in order.
    template <class Visit>
    void for_each(HeaderId id, Visit&& visit) const {
        for (std::size_t i = 0; i < fields_.size(); ++i) {
            if (fields_[i].id == id) { visit(slice(fields_[i].value)); }
        }
    }

    // Changes. A name or value may be a view into this very message. CR, LF and NUL never enter a field: a value that
    // holds one is cut there, so that nothing smuggled becomes a header; only a NUL in a quoted pair stays (§25.1). A
    // name that is no token, and HeaderId::other without a name, add nothing.
    void add(HeaderId id, std::string_view value);
    void add(std::string_view name, std::string_view value);
    void add_first(HeaderId id, std::string_view value);  // in front of all others of its kind, or of everything
    void set(HeaderId id, std::string_view value);        // replaces all of its kind
    void remove(HeaderId id);
    void remove(std::string_view name);
    void remove_first(HeaderId id);

    std::string_view body() const { return slice(body_); }
    void set_body(std::string_view content_type, std::string_view body);  // sets Content-Type too; empty removes both

    // The whole message as it goes on the wire, with a correct Content-Length as the last field.
    std::string to_string() const;
    // Bytes of memory held, for limits and gauges.
    std::size_t memory() const { return text_.capacity() + fields_.capacity() * sizeof(Field); }

private:
    friend class MessageParser;
    struct Slice {
        std::uint32_t at = 0;
        std::uint32_t size = 0;
    };
    struct Field {
        HeaderId id;
        Slice name;
        Slice value;
    };
    std::string_view slice(Slice slice) const { return std::string_view{text_}.substr(slice.at, slice.size); }
    Slice append(std::string_view text);
    void place(std::size_t index, HeaderId id, std::string_view value);
    std::size_t index_of(HeaderId id) const;  // the number of fields where there is none
    void write_start_line(std::string& out) const;
    bool continues_line(std::size_t index) const;

    std::string text_;
    boost::container::small_vector<Field, 8> fields_;
    Slice start_;  // method or reason phrase
    Slice uri_;
    Slice body_;
    int status_ = 0;
    Method method_ = Method::other;
};

}  // namespace sip
