// ";name=value;flag;text=\"a;b\"": parameters of header fields and URIs (RFC 3261 §7.3.1, §25.1), with blanks allowed
// around ";" and "=". Linear; nothing is copied.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sip {

struct Parameter {
    std::string_view name;
    std::string_view value;  // quotes kept; empty: none
    std::size_t at = 0;      // of its semicolon
    std::size_t size = 0;    // from there to the next semicolon or the end
};

class ParameterReader {
public:
    explicit ParameterReader(std::string_view text) : text_{text} {}

    // Nullopt at the end and at the first fault: then ok() tells which.
    std::optional<Parameter> next();
    bool ok() const { return ok_; }

private:
    std::size_t end_of_value(std::size_t at) const;
    std::optional<Parameter> fail();

    std::string_view text_;
    std::size_t at_ = 0;
    bool ok_ = true;
};

bool parameters_are_well_formed(std::string_view text);

// Replaces the value where the name stands first, else appends; further ones of that name, which a peer may have put
// there to be believed by somebody else, go. An empty value: the bare name.
void set_parameter(std::string& parameters, std::string_view name, std::string_view value);
void remove_parameter(std::string& parameters, std::string_view name);

}  // namespace sip
