// The word somebody meant: edit distance with transpositions (optimal string alignment).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace config {

std::size_t edit_distance(std::string_view a, std::string_view b);
// The candidate that `word` was probably meant to be; empty where none is near.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);
// "; did you mean X?" or nothing.
std::string suggestion(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace config
