def climb(heights, least):
    if least < 1:
        raise ValueError("the least change is 1 metre")
    up = down = 0
    kept = heights[0] if heights else 0
    for height in heights:
        if abs(height - kept) >= least:
            up += max(height - kept, 0)
            down += max(kept - height, 0)
            kept = height
    return up, down
