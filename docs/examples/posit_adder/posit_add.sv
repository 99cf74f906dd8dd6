// An adder of posits of 8 bits with two bits of exponent (the standard of 2022).
//
// Operands become fixed-point numbers, whose sum is exact, and that is rounded once. With a bug, what
// lies below the half of the last place is forgotten, so that ties are seen where there are none.
module posit_add (
    input  logic       bug,
    input  logic [7:0] a,
    input  logic [7:0] b,
    output logic [7:0] sum
);
    // Bits below the point: the least posit is 2 ** -24. The largest sum is 2 ** 25.
    localparam int POINT = 24;
    localparam int WIDTH = 54;

    function automatic logic signed [WIDTH-1:0] fixed(input logic [7:0] posit);
        logic [6:0] rest;
        logic [WIDTH-1:0] value;
        int regime, run;
        rest = posit[7] ? ~posit[6:0] + 7'd1 : posit[6:0];
        run = 0;
        for (int i = 6; i >= 0; i--) if (run == 6 - i && rest[i] == rest[6]) run++;
        regime = rest[6] ? run - 1 : -run;
        // Behind the regime and the bit that ends it: two of exponent, three of fraction.
        rest = rest << (run + 1);
        value = {{(WIDTH - 4) {1'b0}}, 1'b1, rest[4:2]};
        value = (value << (4 * regime + int'(rest[6:5]) + POINT)) >> 3;
        return posit[7] ? -$signed(value) : $signed(value);
    endfunction

    function automatic logic [7:0] rounded(input logic signed [WIDTH-1:0] number);
        logic [WIDTH-1:0] size;
        logic [63:0] tail, text;
        logic [7:0] posit;
        logic half, below;
        int place, scale, regime;
        size = number < 0 ? -number : number;
        place = 0;
        for (int i = 0; i < WIDTH; i++) if (size[i]) place = i;
        scale = place - POINT;
        if (scale >= 24) posit = 8'h7f;
        else begin
            regime = (scale + 24) / 4 - 6;
            // The bits of the posit without its sign, and all that would follow.
            tail = {2'(scale - 4 * regime), 62'(({10'd0, size} << (64 - place)) >> 2)};
            text = regime >= 0 ? tail >> (regime + 2) | ~(~64'd0 >> (regime + 1))
                               : tail >> (1 - regime) | 64'd1 << (63 + regime);
            half = text[56];
            below = text[55:0] != 0 && !bug;
            posit = {1'b0, text[63:57]} + {7'd0, half && (below || text[57])};
            if (posit == 0) posit = 8'h01;
        end
        return number == 0 ? 8'h00 : number < 0 ? -posit : posit;
    endfunction

    always_comb begin
        if (a == 8'h80 || b == 8'h80) sum = 8'h80;
        else if (a == 0) sum = b;
        else if (b == 0) sum = a;
        else sum = rounded(fixed(a) + fixed(b));
    end
endmodule
