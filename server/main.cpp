#include <iostream>

#include "server/cli/cli.hpp"
#include "server/cli/environment.hpp"
#include "server/serve.hpp"

int main(int argc, char** argv) {
    const server::cli::Surroundings surroundings{std::cout, std::cerr, server::cli::process_environment(),
                                                 &server::serve};
    return server::cli::run(argc, argv, surroundings);
}
