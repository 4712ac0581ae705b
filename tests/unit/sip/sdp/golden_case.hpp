// A golden case: a text file in sections, see tests/golden/README.md.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>
#include "tests/support/places.hpp"

namespace sip::sdp::testing {

struct Section {
    std::string title;
    std::string text;  // lines with LF
};

inline std::vector<Section> read_sections(const std::filesystem::path& path) {
    std::vector<Section> sections;
    std::ifstream file{path};
    constexpr std::string_view mark = "=== ";
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with(mark)) {
            sections.push_back({line.substr(mark.size()), {}});
        } else if (!sections.empty()) {
            sections.back().text += line + "\n";
        }
    }
    return sections;
}

inline std::string with_crlf(std::string_view text) {
    std::string wire;
    for (const char c : text) {
        if (c == '\n') { wire += '\r'; }
        wire += c;
    }
    return wire;
}
inline std::string without_cr(std::string text) {
    text.erase(std::remove(text.begin(), text.end(), '\r'), text.end());
    return text;
}

inline std::vector<std::filesystem::path> cases_in(const std::string& folder) {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator{support::source_dir() / "tests/golden" / folder}) {
        if (entry.path().extension() == ".txt") { paths.push_back(entry.path()); }
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

// A gtest name from a file name.
inline std::string case_name(const std::filesystem::path& path) {
    std::string name = path.stem().string();
    for (char& c : name) {
        if (!std::isalnum(static_cast<unsigned char>(c))) { c = '_'; }
    }
    return name;
}

}  // namespace sip::sdp::testing
