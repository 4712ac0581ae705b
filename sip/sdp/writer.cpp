#include <array>
#include <cassert>
#include <charconv>

#include "sip/sdp/parser.hpp"

namespace sip::sdp {
namespace {

// Appends lines in the order of RFC 8866 §5. What the parser kept is written back where the grammar has it.
class Writer {
public:
    std::string run(const Session& session) {
        text_.reserve(expected_size(session));
        text_ += "v=0\r\n";
        write_origin(session.origin);
        write_line('s', session.name);
        write_others(session.others, session.connection, "iuep");
        if (!has_time(session)) { write_line('t', "0 0"); }
        write_attributes(session.attributes);
        for (const Media& media : session.media) { write_media(media); }
        return std::move(text_);
    }

private:
    void write_origin(const Origin& origin) {
        text_ += "o=";
        put(origin.username);
        text_ += ' ';
        put_number(origin.session_id);
        text_ += ' ';
        put_number(origin.version);
        text_ += origin.is_v6 ? " IN IP6 " : " IN IP4 ";
        put(origin.address);
        text_ += "\r\n";
    }

    // `c=` stands behind the lines of the types in `before`, as the grammar wants, but never changes the order of the
    // others: so it is written in front of the first that is of another type.
    void write_others(const std::vector<Line>& others, const std::optional<Connection>& connection,
                      std::string_view before) {
        bool is_due = connection.has_value();
        for (const Line& line : others) {
            if (is_due && before.find(line.type) == before.npos) {
                write_connection(*connection);
                is_due = false;
            }
            write_line(line.type, line.value);
        }
        if (is_due) { write_connection(*connection); }
    }

    void write_connection(const Connection& connection) {
        text_ += connection.is_v6 ? "c=IN IP6 " : "c=IN IP4 ";
        put(connection.address);
        text_ += "\r\n";
    }

    void write_attributes(const std::vector<Attribute>& attributes) {
        for (const Attribute& attribute : attributes) {
            text_ += "a=";
            put(attribute.name);
            if (attribute.value) {
                text_ += ':';
                put(*attribute.value);
            }
            text_ += "\r\n";
        }
    }

    void write_media(const Media& media) {
        text_ += "m=";
        put(media.kind);
        text_ += ' ';
        put_number(media.port);
        if (media.port_count != 1) {
            text_ += '/';
            put_number(media.port_count);
        }
        text_ += ' ';
        put(media.protocol);
        for (const std::string& format : media.formats) {
            text_ += ' ';
            put(format);
        }
        text_ += "\r\n";
        write_others(media.others, media.connection, "i");
        write_attributes(media.attributes);
    }

    void write_line(char type, std::string_view value) {
        text_ += type;
        text_ += '=';
        put(value);
        text_ += "\r\n";
    }

    void put(std::string_view value) {
        assert(value.find_first_of(std::string_view{"\r\n\0", 3}) == value.npos);
        text_ += value;
    }
    void put_number(std::uint64_t number) {
        std::array<char, 20> digits;
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
        text_.append(digits.data(), end);
    }

    static bool has_time(const Session& session) {
        for (const Line& line : session.others) {
            if (line.type == 't') { return true; }
        }
        return false;
    }

    static std::size_t expected_size(const Session& session) {
        constexpr std::size_t head = 256, a_media = 96, an_attribute = 48;
        std::size_t size = head + session.attributes.size() * an_attribute;
        for (const Media& media : session.media) { size += a_media + media.attributes.size() * an_attribute; }
        return size;
    }

    std::string text_;
};

}  // namespace

std::string write(const Session& session) { return Writer{}.run(session); }

}  // namespace sip::sdp
